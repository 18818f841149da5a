import quick from '../../stryker.config.mjs';

/** The same with the constants of modules, each in a vitest of its own: 100, or it fails. */
export default {
  ...quick,
  vitest: { configFile: 'test/mutation/vitest.domain.ts', related: false },
  ignoreStatic: false,
  incrementalFile: '.cache/mutation/strict.incremental.json',
  jsonReporter: { fileName: '.cache/mutation/strict.json' },
};
