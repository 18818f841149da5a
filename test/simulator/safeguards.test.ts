import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catchWithout } from './catch.ts';
import { invariants } from './invariants/verdict.ts';
import { run } from './run.ts';
import { safeguards } from './safeguards.ts';

// The product changes, and with it what a seed leads to: then others are tried.
const OTHERS = 300;

describe('a safeguard that is taken out is noticed', () => {
  it.each(safeguards.filter(({ seed }) => seed !== null))(
    '$name: $without',
    async (safeguard) => {
      expect(await catchWithout(safeguard, OTHERS)).not.toBeNull();
    },
    600_000,
  );

  it('or has a unit test', () => {
    const without = safeguards.filter(
      ({ seed, test }) => seed === null && !existsSync(test ?? '-'),
    );
    expect(without).toEqual([]);
  });

  it('and docs/simulation.md has the list', () => {
    const docs = readFileSync('docs/simulation.md', 'utf8');
    for (const { name, without, breaks, seed, profile, test = '' } of safeguards) {
      const run =
        seed === null
          ? `[${basename(test)}](../${test})`
          : [seed, ...(profile ? [profile] : [])].join(', ');
      expect(docs).toContain(`| ${name} | ${without} | ${invariants[breaks]} | ${run} |\n`);
    }
  });

  it('and with all of them nothing breaks at the same seeds', async () => {
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
