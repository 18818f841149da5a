import type { Plugin } from 'vitest/config';

/**
 * Makes a test file that cannot be loaded an error of the run. Stryker looks only at tests, of which it has none: a contract
 * that zod refuses, at which every file fails, would have survived.
 */
export const loadFailures: Plugin = {
  name: 'load-failures',
  configureVitest({ vitest }) {
    const { state } = vitest as unknown as {
      readonly state: { catchError(error: unknown, type: string): void };
    };
    const start = vitest.start.bind(vitest);
    vitest.start = async (filters) => {
      const result = await start(filters);
      for (const error of result.testModules.flatMap((module) => module.errors())) {
        state.catchError(error, 'Load Error');
      }
      return result;
    };
  },
};
