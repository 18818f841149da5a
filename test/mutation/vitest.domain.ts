import { defineConfig } from 'vitest/config';
import { loadFailures } from './load-failures.ts';

/** The tests that Stryker runs first: of pure functions, and nothing that reads a packaged build. */
export default defineConfig({
  plugins: [loadFailures],
  test: {
    env: { POWERTOOLS_LOG_LEVEL: 'SILENT' },
    // A mutant is switched on within the module: the files need no modules of their own.
    isolate: false,
    // A busy machine may take long for a second's work.
    testTimeout: 30_000,
    include: ['test/unit/domain/**/*.test.ts', 'test/unit/events/**/*.test.ts'],
    exclude: [
      // Property tests would make the score random.
      'test/**/*.properties.test.ts',
    ],
  },
});
