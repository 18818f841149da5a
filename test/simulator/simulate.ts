import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { manyRuns } from './many-runs.ts';
import { readableTrace } from './readable-trace.ts';
import { run } from './run.ts';
import { summary } from './summary.ts';

// npm run simulate -- --runs 10000           that many runs, from seed 1
// npm run simulate -- --runs 500 --seed 7    from another seed
// npm run simulate -- --trace 42             one run, line by line; --user dana for one user's lines

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '500' },
    seed: { type: 'string', default: '1' },
    processes: { type: 'string', default: String(Math.min(4, availableParallelism())) },
    trace: { type: 'string' },
    user: { type: 'string' },
  },
});

if (values.trace === undefined) {
  const begun = performance.now();
  const progress = (done: number, of: number, broken: number) => {
    if (!process.stderr.isTTY) return;
    const share = Math.round((40 * done) / of);
    const bar = '█'.repeat(share) + '░'.repeat(40 - share);
    process.stderr.write(`\r  ${bar} ${done} of ${of}${broken > 0 ? `, ${broken} broken` : ''} `);
  };
  const plan = { first: Number(values.seed), runs: Number(values.runs) };
  const total = await manyRuns(plan, Number(values.processes), progress);
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[K');
  process.stdout.write(summary(total, plan, (performance.now() - begun) / 1000));
  process.exit(total.broken.length > 0 ? 1 : 0);
}

const result = await run(Number(values.trace), { keepTrace: true });
process.stdout.write(readableTrace(result, values.user));
process.exit(result.violations.length > 0 ? 1 : 0);
