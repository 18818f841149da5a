import domain, { lists } from '../../stryker.config.mjs';

/** All contracts and all of domain/, constants of modules included, by the tests of pure functions: 100, or it fails. */
export default {
  ...domain,
  mutate: ['events/**/*.ts', 'functions/domain/**/*.ts', ...lists.map((file) => `!${file}`)],
  ignoreStatic: false,
  incrementalFile: '.cache/mutation/strict.incremental.json',
  jsonReporter: { fileName: '.cache/mutation/strict.json' },
};
