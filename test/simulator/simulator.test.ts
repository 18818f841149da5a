import { describe, expect, it } from 'vitest';
import { invariants } from './invariants/verdict.ts';
import { namedProfiles, type ProfileName } from './named-profiles.ts';
import { run } from './run.ts';
import { Total } from './total.ts';

// 10,000 and more: npm run simulate -- --runs 10000
const SEEDS = { first: 1, count: 250 };
const PARTS = 5;
const PROFILE_SEEDS = 15;

describe('a run', () => {
  it('is reproduced exactly by its seed', async () => {
    for (const seed of [3, 14, 159]) {
      const [one, two] = [await run(seed, { keepTrace: true }), await run(seed)];
      expect(one.trace.length).toBeGreaterThan(100);
      expect(two.fingerprint).toBe(one.fingerprint);
    }
  }, 30_000);

  it('is another one with another seed', async () => {
    const prints = await Promise.all([1, 2, 3].map(async (seed) => (await run(seed)).fingerprint));
    expect(new Set(prints).size).toBe(3);
  }, 30_000);
});

describe('the product under faults of every kind', () => {
  const total = new Total();

  it.each(Array.from({ length: PARTS }, (_, part) => part))(
    `violates no invariant (part %i of ${PARTS})`,
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
    'violates no invariant under the profile %s',
    async (profile) => {
      for (let seed = 1; seed <= PROFILE_SEEDS; seed += 1) {
        const result = await run(seed, { profile });
        total.add(result);
        expect({ seed, violations: result.violations }).toEqual({ seed, violations: [] });
      }
    },
    600_000,
  );

  it.each<[number, ProfileName | null, string]>([
    [3000, null, 'the second block had the id of the first'],
    [8370, null, 'the breaker opened because of room that was reserved and not used yet'],
    [4091, null, 'a block had no alert because the next try was refused'],
    [269, null, 'the breaker’s alert was under way when the record of an access change failed'],
    [659, null, 'no message named a device that was gone when the breaker refused its user'],
    [544, null, 'a call and its second try counted as two actions'],
    [165, 'conflicts', 'a user whose new path exempts was put into the deny group'],
    [26, 'lost-answers', 'a second try forgot an unblock'],
    [123, 'lost-answers', 'the breaker’s alert was frozen on its way'],
    [5, 'long-freezes', 'a block was decided by readings of a batch that was given up'],
    [400, 'crowds', 'the block limit was exceeded by one'],
    [1, 'adversary', 'an alert had the id of an earlier one'],
    [28, 'adversary', 'no message named a user who was exempted and renamed'],
    [5, 'adversary', 'no message named a user who got a device and another name'],
    [236, 'adversary', 'a user who was deleted and created stayed unprotected'],
    [21, null, 'a sweep made a second probe after that of the next sweep'],
    [34, 'lost-answers', 'a probe that IAM had made was called refused'],
    [29, 'probes', 'two sweeps reported the same silence'],
  ])(
    'violates no invariant at seed %i (profile %s), where once %s',
    async (seed, profile) => {
      expect((await run(seed, { profile })).violations).toEqual([]);
    },
    600_000,
  );

  it('is checked for each invariant', () => {
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
    'probe late by an hour',
    'probe forged',
    '429 (slack)',
    '5xx (slack)',
    'hang (slack)',
    'taken, answer lost (slack)',
  ])('meets the fault “%s”', (fault) => {
    expect(total.faults.count(fault)).toBeGreaterThan(0);
  });

  it.each([
    'DetachUserPolicy',
    'TagUser',
    'EnableMFADevice',
    'UpdateUser',
    'CreateUser',
    'PutUserPermissionsBoundary',
    'CreatePolicyVersion',
  ])('meets acts of attackers: %s', (eventName) => {
    expect(total.counts.count(`attackers: ${eventName}`)).toBeGreaterThan(0);
  });

  it('denies calls to attackers who were blocked some seconds ago', () => {
    expect(total.counts.count('denied to attackers')).toBeGreaterThan(0);
  });

  it.each(['UpdateUser', 'DeleteUser', 'CreatePolicyVersion', 'SetDefaultPolicyVersion'])(
    'meets changes by people: %s',
    (eventName) => {
      expect(total.counts.count(`people: ${eventName}`)).toBeGreaterThan(0);
    },
  );
});
