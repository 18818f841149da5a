import { inject } from 'vitest';

// Removes from a thread that stays what it still has of the run or the file before. It runs before each file is loaded.

const { __stryker__: stryker, __vitest_worker__: worker } = globalThis as {
  readonly __stryker__?: { activeMutant?: string; hitCount?: number };
  readonly __vitest_worker__?: { readonly config: { testNamePattern?: RegExp } };
};

// Its mutant would be there while the file is read.
if (stryker && inject('mutantActivation' as never) !== 'static') {
  delete stryker.activeMutant;
  delete stryker.hitCount;
}

// After each file vitest puts back all settings that the thread had when a test first called vi.setConfig, and with
// them which tests were asked for then (vi.resetConfig, vitest 4.1): of what is asked for now, some would not be run.
if (worker && !Object.getOwnPropertyDescriptor(worker.config, 'testNamePattern')?.get) {
  const { testNamePattern } = worker.config;
  Object.defineProperty(worker.config, 'testNamePattern', {
    get: () => testNamePattern,
    set: () => undefined,
    enumerable: true,
  });
}
