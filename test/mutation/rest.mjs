import parts from './parts.json' with { type: 'json' };
import strict from './strict.mjs';

// One part of functions/, by test/mutation/parts.json: its files and their tests.
const part = process.env.MUTATION_PART;
// Tests that wait more than they work run more at once.
const { mutate, concurrency = strict.concurrency } = parts[part] ?? {
  mutate: ['functions/**/*.ts', '!functions/domain/**'],
};
const name = part?.replaceAll(/\W/g, '-') ?? 'rest';

/** Everything else that is deployed or run: 90, or it fails. */
export default {
  ...strict,
  vitest: { configFile: 'test/mutation/vitest.rest.ts', related: false },
  mutate,
  concurrency,
  ignoreStatic: true,
  // Every test has a time limit of its own. This limit is for endless loops that never wait.
  timeoutMS: 10_000,
  // Disabling type checks would put comments into the HTML that tests compare.
  disableTypeChecks: false,
  // An incremental run would not know a new test.
  incremental: false,
  jsonReporter: { fileName: `.cache/mutation/${name}.json` },
  thresholds: { high: 95, low: 90, break: 90 },
};
