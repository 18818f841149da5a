/** What a deployment is made of: `test/mutation/lists.mjs` has it. */
export const lists = ['deployed-resources', 'deployer-rights', 'required-rights'].map(
  (name) => `functions/domain/deployment/${name}.ts`,
);

/**
 * `npm run mutation`: domain/, which decides who is blocked and what is reported, and the contracts in events/, by the
 * tests of pure functions alone.
 */
export default {
  mutate: ['events/**/*.ts', 'functions/domain/**/*.ts', ...lists.map((file) => `!${file}`)],
  testRunner: 'vitest',
  vitest: { configFile: 'test/mutation/vitest.quick.ts', related: false },
  coverageAnalysis: 'perTest',
  // A module's constants cost a run of all tests for each mutant: `npm run mutation:all` has them.
  ignoreStatic: true,
  concurrency: 2,
  // On a busy machine the default of 5 s takes a slow test for an endless loop, which counts as noticed.
  timeoutMS: 30_000,
  // Stryker 9 rewrites a tsconfig by TypeScript's API, which TypeScript 7 has no more; nothing here needs it.
  tsconfigFile: 'none',
  tempDirName: '.cache/stryker',
  // What another run leaves behind is no source.
  ignorePatterns: ['.cache'],
  incremental: true,
  incrementalFile: '.cache/mutation/quick.incremental.json',
  reporters: ['clear-text', 'json', 'progress-append-only'],
  jsonReporter: { fileName: '.cache/mutation/quick.json' },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  thresholds: { high: 100, low: 100, break: 100 },
  warnings: { slow: false },
};
