import strict from './strict.mjs';

/** Everything else that is deployed or run: 90, or it fails. */
export default {
  ...strict,
  vitest: { configFile: 'test/mutation/vitest.rest.ts', related: false },
  mutate: ['functions/**/*.ts', '!functions/domain/**'],
  ignoreStatic: true,
  // It would put comments into the HTML that tests compare with.
  disableTypeChecks: false,
  incrementalFile: '.cache/mutation/rest.incremental.json',
  jsonReporter: { fileName: '.cache/mutation/rest.json' },
  thresholds: { high: 95, low: 90, break: 90 },
};
