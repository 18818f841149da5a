import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catchWithout } from './catch.ts';
import { invariants } from './invariants/verdict.ts';
import { run } from './run.ts';
import { safeguards } from './safeguards.ts';

// A change of the product may need another seed. So many are tried.
const OTHERS = 300;

describe('a safeguard that is ablated', () => {
  it.each(safeguards.filter(({ seed }) => seed !== null))(
    'breaks its invariant: without “$name”, $without',
    async (safeguard) => {
      expect(await catchWithout(safeguard, OTHERS)).not.toBeNull();
    },
    600_000,
  );

  it('has a unit test where no seed is known', () => {
    const without = safeguards.filter(
      ({ seed, test }) => seed === null && !existsSync(test ?? '-'),
    );
    expect(without).toEqual([]);
  });

  it('is listed in docs/simulation.md', () => {
    const docs = readFileSync('docs/simulation.md', 'utf8');
    for (const { name, without, breaks, seed, profile, test = '' } of safeguards) {
      const run =
        seed === null
          ? `[${basename(test)}](../${test})`
          : [seed, ...(profile ? [profile] : [])].join(', ');
      expect(docs).toContain(`| ${name} | ${without} | ${invariants[breaks]} | ${run} |\n`);
    }
  });

  it('is the cause of the failure: the unchanged product breaks nothing at the same seeds', async () => {
    const runs = new Map(
      safeguards.flatMap(({ seed, profile = null }) =>
        seed === null ? [] : [[`${seed}/${profile}`, { seed, profile }] as const],
      ),
    );
    for (const { seed, profile } of runs.values()) {
      const { violations } = await run(seed, { profile });
      expect({ seed, profile, violations }).toEqual({ seed, profile, violations: [] });
    }
  }, 600_000);
});
