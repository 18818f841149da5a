import strict from './strict.mjs';

/** Everything else that is deployed or run: 90, or it fails. */
export default {
  ...strict,
  mutate: ['functions/**/*.ts', '!functions/domain/**'],
  vitest: { configFile: 'test/mutation/vitest.memory.ts', related: false },
  ignoreStatic: true,
  incrementalFile: '.cache/mutation/rest.incremental.json',
  jsonReporter: { fileName: '.cache/mutation/rest.json' },
  thresholds: { high: 95, low: 90, break: 90 },
};
