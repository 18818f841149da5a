import { withBroken } from './broken-safeguards.ts';
import type { Violation } from './invariants/verdict.ts';
import type { Safeguard } from './safeguards.ts';

export interface Caught {
  readonly seed: number;
  readonly violation: Violation;
}

/**
 * Looks for a run that misses a safeguard which was taken out: first the seed that did when it was last looked for,
 * then others from 1 on.
 * @param most how many others
 * @returns the run, or null where none of them breaks the invariant
 */
export async function catchWithout(safeguard: Safeguard, most: number): Promise<Caught | null> {
  const run = await withBroken(safeguard);
  const seeds = [safeguard.seed, ...Array.from({ length: most }, (_, index) => index + 1)];
  for (const seed of seeds) {
    const { violations } = await run(seed, { weather: safeguard.weather ?? null });
    const violation = violations.find(({ invariant }) => invariant === safeguard.breaks);
    if (violation) return { seed, violation };
  }
  return null;
}
