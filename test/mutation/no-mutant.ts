import { inject } from 'vitest';

// A thread that stays would still have the mutant of the run before, while the test files are read.
const stryker = (globalThis as { __stryker__?: { activeMutant?: string; hitCount?: number } })
  .__stryker__;
if (stryker && inject('mutantActivation' as never) !== 'static') {
  delete stryker.activeMutant;
  delete stryker.hitCount;
}
