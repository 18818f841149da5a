import { defineConfig } from 'vitest/config';
import domain from './vitest.domain.ts';
import { warmThreads } from './warm-threads.ts';

/** The tests of pure functions, in threads that stay: mutants of module constants need new ones. */
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
  test: { ...domain.test, setupFiles: ['test/mutation/no-mutant.ts'] },
});
