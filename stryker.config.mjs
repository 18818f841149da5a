// What decides who is held, for how long, and who is told of it: a mistake here locks somebody out.
const deciding = [
  'contradictions',
  'decide',
  'deeds',
  'excuses',
  'exempt-tags',
  'exemption',
  'exemption-news',
  'guarded-policies',
  'hold-ledger',
  'hold-limit',
  'organization-swept',
  'rungs',
  'spoke',
  'sweep-tally',
  'tags',
  'tasks',
  'totals',
];

/** `npm run mutation`: the files that decide, by the tests of pure functions alone. */
export default {
  mutate: deciding.map((name) => `functions/domain/${name}.ts`),
  testRunner: 'vitest',
  vitest: { configFile: 'test/mutation/vitest.domain.ts', related: false },
  coverageAnalysis: 'perTest',
  // A module's constants cost a run of all tests for each mutant: `npm run mutation:all` has them.
  ignoreStatic: true,
  concurrency: 2,
  // On a busy machine the default of 5 s takes a slow test for an endless loop, which counts as noticed.
  timeoutMS: 30_000,
  // Stryker 9 rewrites a tsconfig by TypeScript's API, which TypeScript 7 has no more; nothing here needs it.
  tsconfigFile: 'none',
  tempDirName: '.cache/stryker',
  incremental: true,
  incrementalFile: '.cache/mutation/deciding.incremental.json',
  reporters: ['clear-text', 'json', 'progress-append-only'],
  jsonReporter: { fileName: '.cache/mutation/deciding.json' },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  thresholds: { high: 100, low: 100, break: 100 },
  warnings: { slow: false },
};
