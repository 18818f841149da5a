import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { ablateSafeguards } from './ablate-safeguards.ts';
import { manyRuns } from './many-runs.ts';
import { namedProfiles, type ProfileName } from './named-profiles.ts';
import { progress } from './progress.ts';
import { readableTrace } from './readable-trace.ts';
import { run } from './run.ts';
import { summary } from './summary.ts';

const HELP = `
npm run simulate -- --runs 10000                that many runs, from seed 1
npm run simulate -- --runs 500 --seed 7         from another seed
npm run simulate -- --runs 500 --profile NAME   in a named fault profile: ${Object.keys(namedProfiles).join(', ')}
npm run simulate -- --trace 42                  one run, line by line; --user user-3 for one user's lines
npm run simulate -- --safeguards                takes each safeguard out, and shows which invariant breaks
`;

// The SDK's notice that it will need Node 22 is for developers.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

try {
  await main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n${HELP}`, () => process.exit(2));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '500' },
      seed: { type: 'string', default: '1' },
      processes: { type: 'string', default: String(Math.min(4, availableParallelism())) },
      profile: { type: 'string' },
      trace: { type: 'string' },
      user: { type: 'string' },
      safeguards: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const profile = profileOf(values.profile);
  if (values.help) {
    say(HELP, false);
  } else if (values.safeguards) {
    const missed = await ablateSafeguards((line) => process.stdout.write(`${line}\n`));
    say('', missed > 0);
  } else if (values.trace === undefined) {
    const begun = performance.now();
    const first = wholeNumber('seed', values.seed);
    const plan = { first, runs: wholeNumber('runs', values.runs), profile };
    const processes = wholeNumber('processes', values.processes);
    const total = await manyRuns(plan, processes, progress(plan.runs, process.stderr));
    say(summary(total, plan, (performance.now() - begun) / 1000), total.broken.length > 0);
  } else {
    const result = await run(wholeNumber('trace', values.trace), { keepTrace: true, profile });
    say(readableTrace(result, values.user), result.violations.length > 0);
  }
}

function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new Error(`--${option} takes a whole number from 1, not "${text}".`);
  }
  return Number(text);
}

function profileOf(name: string | undefined): ProfileName | null {
  if (name === undefined) return null;
  if (Object.hasOwn(namedProfiles, name)) return name as ProfileName;
  const known = Object.keys(namedProfiles).join(', ');
  throw new Error(`--profile takes one of ${known}, not "${name}".`);
}

/** Ends the process: dead invocations may have left timers in real time. */
function say(text: string, isBroken: boolean): void {
  process.stdout.write(text, () => process.exit(isBroken ? 1 : 0));
}
