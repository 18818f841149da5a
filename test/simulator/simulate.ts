import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { manyRuns } from './many-runs.ts';
import { progress } from './progress.ts';
import { readableTrace } from './readable-trace.ts';
import { run } from './run.ts';
import { summary } from './summary.ts';
import { takeOutSafeguards } from './take-out-safeguards.ts';

// npm run simulate -- --runs 10000           that many runs, from seed 1
// npm run simulate -- --runs 500 --seed 7    from another seed
// npm run simulate -- --trace 42             one run, line by line; --user dana for one user's lines
// npm run simulate -- --safeguards           takes each safeguard out, and shows which invariant breaks

// The SDK's notice that it will want Node 22 is for developers.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '500' },
    seed: { type: 'string', default: '1' },
    processes: { type: 'string', default: String(Math.min(4, availableParallelism())) },
    trace: { type: 'string' },
    user: { type: 'string' },
    safeguards: { type: 'boolean', default: false },
  },
});

if (values.safeguards) {
  const missed = await takeOutSafeguards((line) => process.stdout.write(`${line}\n`));
  say('', missed > 0);
} else if (values.trace === undefined) {
  const begun = performance.now();
  const plan = { first: Number(values.seed), runs: Number(values.runs) };
  const onProgress = progress(plan.runs, process.stderr);
  const total = await manyRuns(plan, Number(values.processes), onProgress);
  say(summary(total, plan, (performance.now() - begun) / 1000), total.broken.length > 0);
} else {
  const result = await run(Number(values.trace), { keepTrace: true });
  say(readableTrace(result, values.user), result.violations.length > 0);
}

/** Timers in real time may be left of what died. */
function say(text: string, isBroken: boolean): void {
  process.stdout.write(text, () => process.exit(isBroken ? 1 : 0));
}
