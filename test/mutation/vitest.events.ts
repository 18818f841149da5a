import { defineConfig } from 'vitest/config';
import domain from './vitest.domain.ts';

/** The tests of contracts: a constant of theirs costs a run of all of them. */
export default defineConfig({
  test: { ...domain.test, include: ['test/events/**/*.test.ts'] },
});
