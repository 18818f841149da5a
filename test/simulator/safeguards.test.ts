import { describe, expect, it } from 'vitest';
import { withBroken } from './broken-safeguards.ts';
import { run } from './run.ts';
import { safeguards } from './safeguards.ts';

describe('a safeguard that is taken out is noticed', () => {
  it.each(safeguards)(
    '$name: $without',
    async (safeguard) => {
      const runBroken = await withBroken(safeguard);
      const { violations } = await runBroken(safeguard.seed);
      expect(new Set(violations.map(({ invariant }) => invariant))).toContain(safeguard.breaks);
    },
    30_000,
  );

  it('and with all of them nothing breaks at the same seeds', async () => {
    for (const seed of new Set(safeguards.map((one) => one.seed))) {
      const { violations } = await run(seed);
      expect({ seed, violations }).toEqual({ seed, violations: [] });
    }
  }, 60_000);
});
