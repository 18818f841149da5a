import { defineConfig } from 'vitest/config';
import parts from './parts.json' with { type: 'json' };
import { warmThreads } from './warm-threads.ts';

const part = Object.entries(parts).find(([name]) => name === process.env.MUTATION_PART);
const tests = part?.[1].tests ?? Object.values(parts).flatMap((one) => one.tests);

/** What notices mistakes in everything but domain/ and events/: tests in memory, and over HTTP within the process. */
export default defineConfig({
  plugins: [
    {
      name: 'warm-threads',
      // Stryker asks for threads on the command line, which goes before what a file says.
      configureVitest({ project }) {
        project.config.pool = warmThreads.name;
        project.config.poolRunner = warmThreads;
      },
    },
  ],
  test: {
    setupFiles: ['test/mutation/no-mutant.ts'],
    env: {
      POWERTOOLS_LOG_LEVEL: 'SILENT',
      // test/fakes/command.ts
      RUN_WITHIN: 'yes',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
    // A mutant is switched on within the module: the files need no modules of their own.
    isolate: false,
    include: tests.flatMap((name) => [`test/${name}/**/*.test.ts`, `test/${name}.test.ts`]),
    exclude: [
      // What is drawn at random would make the score random.
      'test/**/*.properties.test.ts',
      // These measure.
      'test/commands/{many-accounts,thousands}.test.ts',
    ],
  },
});
