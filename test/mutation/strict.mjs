import deciding from '../../stryker.config.mjs';

/** All contracts and all of domain/, constants of modules included, by every test in memory: 100, or it fails. */
export default {
  ...deciding,
  mutate: ['events/**/*.ts', 'functions/domain/**/*.ts'],
  vitest: { configFile: 'test/mutation/vitest.domain.ts', related: false },
  ignoreStatic: false,
  incrementalFile: '.cache/mutation/strict.incremental.json',
  jsonReporter: { fileName: '.cache/mutation/strict.json' },
};
