import { defineConfig } from 'vitest/config';

/** What notices mistakes in everything but domain/ and events/: tests in memory, and over HTTP within the process. */
export default defineConfig({
  test: {
    env: {
      POWERTOOLS_LOG_LEVEL: 'SILENT',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
    // A mutant is switched on within the module: the files need no modules of their own.
    isolate: false,
    include: [
      'test/{handlers,pipeline,render,setup}/**/*.test.ts',
      'test/budget/event-calls.test.ts',
    ],
    // What is drawn at random would make the score random.
    exclude: ['test/**/*.properties.test.ts'],
  },
});
