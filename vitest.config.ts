import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const env = {
  POWERTOOLS_LOG_LEVEL: 'SILENT',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};

/** A tier is a folder of test/: docs/testing.md says what each shows. A busy machine may take long for a second's work. */
const tier = (folder: string) => ({
  name: folder,
  env,
  include: [`test/${folder}/**/*.test.ts`],
  testTimeout: 30_000,
});

/** Reads or runs what is packaged. */
const packaged = { globalSetup: ['test/fakes/package-once.ts'] };

/** Each file has a local AWS of its own: one at a time on two cores. */
const localAws = { ...packaged, testTimeout: 60_000, hookTimeout: 120_000, fileParallelism: false };

/** A folder for the counts of each run: .ci/run adds them up. */
const { TEST_REPORTS: reports } = process.env;

export default defineConfig({
  test: {
    ...(reports
      ? { reporters: ['default', 'json'], outputFile: join(reports, `${Date.now()}.json`) }
      : {}),
    // A missing golden file fails instead of being written, unless -u says otherwise.
    update: 'none',
    maxWorkers: availableParallelism(),
    projects: [
      // Loading the SDK for each file would take longer than the tests.
      { test: { ...tier('unit'), isolate: false } },
      { test: { ...tier('smoke'), ...localAws } },
      { test: { ...tier('integration'), ...packaged, isolate: false, testTimeout: 120_000 } },
      { test: { ...tier('simulator'), ...packaged } },
      { test: { ...tier('browser'), hookTimeout: 60_000 } },
      { test: { ...tier('e2e'), ...localAws } },
    ],
  },
});
