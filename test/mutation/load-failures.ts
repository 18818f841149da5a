import type { Plugin } from 'vitest/config';

/**
 * Has a test file that cannot be loaded be an error of the run. Stryker looks at tests, of which it has none: a contract
 * that zod refuses, at which every file fails, would have survived.
 */
export const loadFailures: Plugin = {
  name: 'load-failures',
  configureVitest({ vitest }) {
    const { state, reporters } = vitest as unknown as {
      readonly state: { catchError(error: unknown, type: string): void };
      readonly reporters: unknown[];
    };
    reporters.push({
      onTestModuleEnd: (module: { errors(): readonly unknown[] }) => {
        for (const error of module.errors()) state.catchError(error, 'Load Error');
      },
    });
  },
};
