import { lists } from '../../stryker.config.mjs';
import strict from './strict.mjs';

/** The lists of what a deployment is made of, by what blocks them to the packaged template: 100, or it fails. */
export default {
  ...strict,
  mutate: lists,
  vitest: { configFile: 'test/mutation/vitest.lists.ts', related: false },
  incrementalFile: '.cache/mutation/lists.incremental.json',
  jsonReporter: { fileName: '.cache/mutation/lists.json' },
};
