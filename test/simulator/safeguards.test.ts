import { describe, expect, it } from 'vitest';
import { catchWithout } from './catch.ts';
import { run } from './run.ts';
import { safeguards } from './safeguards.ts';

// The product changes, and with it what a seed leads to: then others are tried.
const OTHERS = 60;

describe('a safeguard that is taken out is noticed', () => {
  it.each(safeguards)(
    '$name: $without',
    async (safeguard) => {
      expect(await catchWithout(safeguard, OTHERS)).not.toBeNull();
    },
    120_000,
  );

  it('and with all of them nothing breaks at the same seeds', async () => {
    for (const seed of new Set(safeguards.map((one) => one.seed))) {
      const { violations } = await run(seed);
      expect({ seed, violations }).toEqual({ seed, violations: [] });
    }
  }, 60_000);
});
