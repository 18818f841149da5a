import { withAblated } from './ablated-safeguards.ts';
import type { Violation } from './invariants/verdict.ts';
import type { Safeguard } from './safeguards.ts';

export interface Caught {
  readonly seed: number;
  readonly violation: Violation;
}

/**
 * Looks for a run that breaks without a safeguard: first at its recorded seed, then at others from 1 on.
 * @param most the number of other seeds
 * @returns the run, or null where none of them breaks the invariant
 */
export async function catchWithout(safeguard: Safeguard, most: number): Promise<Caught | null> {
  const run = await withAblated(safeguard);
  const seeds = [safeguard.seed ?? 1, ...Array.from({ length: most }, (_, index) => index + 1)];
  for (const seed of seeds) {
    const violation = await violationOf(safeguard, () =>
      run(seed, { profile: safeguard.profile ?? null }),
    );
    if (violation) return { seed, violation };
  }
  return null;
}

/** The expected violation in a run. Without a safeguard a run may never come to rest: that is a fight, and shows nothing else. */
async function violationOf(
  { breaks }: Safeguard,
  run: () => Promise<{ readonly violations: readonly Violation[] }>,
): Promise<Violation | null> {
  try {
    const { violations } = await run();
    return violations.find(({ invariant }) => invariant === breaks) ?? null;
  } catch (error) {
    const { message } = error as Error;
    if (!message.includes('does not come to rest')) throw error;
    return breaks === 'no fight' ? { invariant: breaks, text: message, at: 0 } : null;
  }
}
