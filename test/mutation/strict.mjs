import quick from '../../stryker.config.mjs';

/** The constants of modules, each in a vitest of its own, on top of what the quick run has found: 100, or it fails. */
export default {
  ...quick,
  vitest: { configFile: 'test/mutation/vitest.domain.ts', related: false },
  ignoreStatic: false,
  jsonReporter: { fileName: '.cache/mutation/strict.json' },
};
