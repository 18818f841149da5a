import { describe, expect, it } from 'vitest';
import { invariants } from './invariants/verdict.ts';
import { namedProfiles, type ProfileName } from './named-profiles.ts';
import { run } from './run.ts';
import { Total } from './total.ts';

// 10,000 and more: npm run simulate -- --runs 10000
const SEEDS = { first: 1, count: 250 };
const PARTS = 5;
const HARSH_SEEDS = 15;

describe('a run', () => {
  it('is reproduced to the letter by its seed', async () => {
    for (const seed of [3, 14, 159]) {
      const [one, two] = [await run(seed, { keepTrace: true }), await run(seed)];
      expect(one.trace.length).toBeGreaterThan(100);
      expect(two.fingerprint).toBe(one.fingerprint);
    }
  }, 30_000);

  it('differs by its seed', async () => {
    const prints = await Promise.all([1, 2, 3].map(async (seed) => (await run(seed)).fingerprint));
    expect(new Set(prints).size).toBe(3);
  }, 30_000);
});

describe('under faults of every kind', () => {
  const total = new Total();

  it.each(Array.from({ length: PARTS }, (_, part) => part))(
    `nothing breaks (part %i of ${PARTS})`,
    async (part) => {
      const size = SEEDS.count / PARTS;
      for (let index = 0; index < size; index += 1) {
        total.add(await run(SEEDS.first + part * size + index));
      }
      expect(total.broken).toEqual([]);
    },
    600_000,
  );

  it.each(Object.keys(namedProfiles) as ProfileName[])(
    'nothing breaks in %s',
    async (profile) => {
      for (let seed = 1; seed <= HARSH_SEEDS; seed += 1) {
        const result = await run(seed, { profile });
        total.add(result);
        expect({ seed, violations: result.violations }).toEqual({ seed, violations: [] });
      }
    },
    600_000,
  );

  it.each<[number, ProfileName | null, string]>([
    [3000, null, 'a second block had the id of the first'],
    [8370, null, 'the room that opened the breaker was reserved and not used yet'],
    [4091, null, 'a block was not told where the next try was refused'],
    [165, 'conflicts', 'a user whose new path exempts was put into the deny group'],
    [26, 'lost-answers', 'an unblock was forgotten at a second try'],
    [123, 'lost-answers', 'the breaker’s alert was frozen on its way'],
    [5, 'long-freezes', 'a block went by what was read before its batch was given up'],
    [400, 'crowds', 'the limit was passed by one'],
  ])(
    'nothing breaks any more at seed %i in %s, where %s',
    async (seed, profile) => {
      expect((await run(seed, { profile })).violations).toEqual([]);
    },
    600_000,
  );

  it('each invariant was looked at', () => {
    for (const name of Object.keys(invariants))
      expect(total.checks.count(name), name).toBeGreaterThan(0);
  });

  it.each([
    'event lost',
    'event doubled',
    'event late',
    'message twice (sqs)',
    'delete lost (sqs)',
    'redelivered while running (sqs)',
    'process died (on-iam-change)',
    'process died (notify-slack)',
    'process died (nightly-sweep)',
    'death before (iam)',
    'death after (iam)',
    'throttled (iam)',
    'server error after (iam)',
    'time-out after (iam)',
    'reset after (iam)',
    'access denied (iam)',
    'entry refused (events)',
    'user not visible to a write (iam)',
    'clock off',
    '429 (slack)',
    '5xx (slack)',
    'hang (slack)',
    'taken, answer lost (slack)',
  ])('there was: %s', (fault) => {
    expect(total.faults.count(fault)).toBeGreaterThan(0);
  });

  it.each(['UpdateUser', 'DeleteUser', 'CreatePolicyVersion', 'SetDefaultPolicyVersion'])(
    'people did: %s',
    (eventName) => {
      expect(total.counts.count(`people: ${eventName}`)).toBeGreaterThan(0);
    },
  );
});
