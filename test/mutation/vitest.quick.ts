import { defineConfig } from 'vitest/config';
import domain from './vitest.domain.ts';
import { inWarmThreads } from './warm-threads.ts';

/** The tests of pure functions, in threads that stay: mutants of module constants need new ones. */
export default defineConfig({
  plugins: [inWarmThreads],
  test: { ...domain.test, setupFiles: ['test/mutation/forget-last-run.ts'] },
});
