import { describe, expect, it } from 'vitest';
import { Breaker, type Granted } from '../../functions/pipeline/breaker.ts';
import { type Memory, ownMemory } from '../../functions/pipeline/memory.ts';
import { MemoryIam } from '../fakes/memory-iam.ts';
import { ACCOUNT, BOUNDARY, POLICY, START, settingsWith } from '../fakes/settings.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const LEDGER = `breaker/${ACCOUNT}`;

/** Leave that was once given. */
const leave: Granted = {
  kind: 'granted',
  quotas: { policiesPerUser: 10, groupsPerUser: 10 },
  limit: 1,
  at: START,
};

/** A breaker of an account in memory, whose clock stands unless a test moves it. */
function breakerWith(holdLimit: number, memory: Memory = ownMemory()) {
  const clock = { time: START };
  const iam = new MemoryIam({ account: ACCOUNT, now: () => clock.time });
  const breaker = new Breaker(iam, settingsWith({ holdLimit }), memory, () => new Date(clock.time));
  const granted = async (): Promise<Granted> => {
    const permit = await breaker.permit();
    if (permit.kind !== 'granted') throw new Error(`not granted but ${permit.kind}`);
    return permit;
  };
  return { breaker, iam, clock, memory, granted };
}

/** Somebody else writes to the ledger each time. Throws when it is asked for ever. */
function contested(most = 20): Memory & { readonly tried: () => number } {
  let tried = 0;
  const found = JSON.stringify({
    attached: { base: 0, at: 0, changes: [] },
    lower: { base: 0, at: 0, changes: [] },
  });
  return {
    recall: async () => found,
    replace: async () => {
      tried += 1;
      if (tried > most) throw new Error('tried once too often');
      return { done: false, found };
    },
    tried: () => tried,
  };
}

describe('leave to hold one more', () => {
  it('says what the account’s quotas are and what the limit is, and is in the ledger for 400 days', async () => {
    const inner = ownMemory();
    const ends: Date[] = [];
    const memory: Memory = {
      ...inner,
      replace: (id, before, after, expires) => {
        ends.push(expires);
        return inner.replace(id, before, after, expires);
      },
    };
    const { breaker, iam } = breakerWith(3, memory);
    iam.put('dana', { policies: [POLICY] });
    expect(await breaker.permit()).toEqual({
      kind: 'granted',
      quotas: expect.objectContaining({ policiesPerUser: 10, groupsPerUser: 10 }),
      limit: 3,
      at: START,
    });
    expect(JSON.parse((await inner.recall(LEDGER)) ?? '')).toEqual({
      attached: { base: 1, at: START, changes: [[START, 1]] },
      lower: { base: 0, at: 0, changes: [] },
    });
    expect(ends).toEqual([new Date(START + 400 * DAY_MS)]);
  });

  it('is not given where ForceMFA does not exist', async () => {
    const { breaker, iam } = breakerWith(3);
    delete iam.managed[POLICY];
    expect(await breaker.permit()).toEqual({ kind: 'no-policy' });
  });

  it('is not given where ForceMFA is gone when it is counted again', async () => {
    const { breaker, iam, clock } = breakerWith(1);
    iam.put('dana', { policies: [POLICY] });
    expect(await breaker.permit()).toEqual({ kind: 'open', held: 1, limit: 1 });
    delete iam.managed[POLICY];
    clock.time += 5_000;
    expect(await breaker.permit()).toEqual({ kind: 'no-policy' });
  });

  it.each([
    ['while there is room, once a minute', 9, 59_999, 60_000],
    ['where there is none, every five seconds', 1, 4_999, 5_000],
  ])('is counted anew %s', async (_when, limit, before, after) => {
    const { breaker, iam, clock } = breakerWith(limit);
    iam.put('dana', { policies: [POLICY] });
    await breaker.permit();
    clock.time += before;
    await breaker.permit();
    expect(iam.count('GetAccountSummary')).toBe(1);
    clock.time += after - before;
    await breaker.permit();
    expect(iam.count('GetAccountSummary')).toBe(2);
  });

  it('is asked for by one at a time', async () => {
    const { breaker } = breakerWith(2);
    const permits = await Promise.all([1, 2, 3].map(() => breaker.permit()));
    expect(permits.map(({ kind }) => kind)).toEqual(['granted', 'granted', 'open']);
  });

  it('is there again where it was given back', async () => {
    const { breaker, granted } = breakerWith(1);
    const permit = await granted();
    expect(await breaker.permit()).toMatchObject({ kind: 'open' });
    await breaker.giveBack(permit);
    expect(await breaker.permit()).toMatchObject({ kind: 'granted' });
  });

  it('is given up after twenty tries where other copies always write first', async () => {
    const memory = contested();
    await expect(breakerWith(1, memory).breaker.permit()).rejects.toThrow(
      'the ledger of holds changes too fast',
    );
    expect(memory.tried()).toBe(20);
  });
});

describe('leave for a lower rung', () => {
  const byGroup = { groups: ['ForceMFA'] };

  it('counts who is held there by group and by boundary, and is taken back where that leaves no room', async () => {
    const { breaker, iam, memory, granted } = breakerWith(3);
    iam.put('attached', { policies: [POLICY] });
    iam.put('member', byGroup);
    iam.put('bounded', { boundary: BOUNDARY });
    const permit = await granted();
    expect(await breaker.toLowerRung(permit)).toEqual({ kind: 'open', held: 3, limit: 3 });
    expect(JSON.parse((await memory.recall(LEDGER)) ?? '')).toEqual({
      attached: { base: 1, at: START, changes: [] },
      lower: { base: 2, at: START, changes: [] },
    });
  });

  it('is used where there is room, and counts from then on', async () => {
    const { breaker, iam, memory, granted } = breakerWith(4);
    iam.put('attached', { policies: [POLICY] });
    iam.put('member', byGroup);
    iam.put('bounded', { boundary: BOUNDARY });
    const permit = await granted();
    expect(await breaker.toLowerRung(permit)).toBeNull();
    expect(JSON.parse((await memory.recall(LEDGER)) ?? '')).toEqual({
      attached: { base: 1, at: START, changes: [] },
      lower: { base: 2, at: START, changes: [[START, 1]] },
    });
    expect(await breaker.permit()).toEqual({ kind: 'open', held: 4, limit: 4 });
  });

  it('can be given back', async () => {
    const { breaker, memory, granted } = breakerWith(1);
    const permit = await granted();
    expect(await breaker.toLowerRung(permit)).toBeNull();
    await breaker.giveBack(permit);
    expect(JSON.parse((await memory.recall(LEDGER)) ?? '')).toMatchObject({
      attached: { changes: [] },
      lower: { changes: [] },
    });
  });

  it('needs no boundary policy', async () => {
    const { breaker, iam, granted } = breakerWith(1);
    delete iam.managed[BOUNDARY];
    expect(await breaker.toLowerRung(await granted())).toBeNull();
  });

  it('is nobody’s concern where there is no ledger', async () => {
    const { breaker } = breakerWith(1);
    expect(await breaker.toLowerRung(leave)).toBeNull();
  });

  it('is given up after twenty tries where other copies always write first', async () => {
    const memory = contested();
    const { breaker } = breakerWith(1, memory);
    await expect(breaker.toLowerRung(leave)).rejects.toThrow(
      'the ledger of holds changes too fast',
    );
    expect(memory.tried()).toBe(20);
  });

  it('who is let go from there is no longer counted, five seconds later', async () => {
    const { breaker, iam, clock, granted } = breakerWith(2);
    iam.put('one', byGroup);
    iam.put('two', byGroup);
    await breaker.toLowerRung(await granted());
    iam.put('one', { groups: [] });
    clock.time += 4_999;
    expect(await breaker.permit()).toEqual({ kind: 'open', held: 2, limit: 2 });
    expect(iam.count('GetGroup')).toBe(1);
    clock.time += 1;
    expect(await breaker.permit()).toMatchObject({ kind: 'granted' });
    expect(iam.count('GetGroup')).toBe(2);
  });

  it('who is held there is not counted while nobody is known to be', async () => {
    const { breaker, iam } = breakerWith(1);
    iam.put('attached', { policies: [POLICY] });
    expect(await breaker.permit()).toMatchObject({ kind: 'open' });
    expect(iam.count('GetGroup')).toBe(0);
  });
});

describe('a release', () => {
  it.each([
    ['gives its room back at once', true, 'granted'],
    ['of nobody gives no room', false, 'open'],
    ['that somebody else may have done gives no room', 'likely', 'open'],
  ] as const)('%s', async (_, wasAttached, kind) => {
    const { breaker, iam, clock, granted } = breakerWith(2);
    iam.put('dana', { policies: [POLICY] });
    await granted();
    expect(await breaker.permit()).toMatchObject({ kind: 'open' });
    clock.time += 1;
    expect(await breaker.releasing(async () => wasAttached)).toBe(wasAttached);
    expect(await breaker.permit()).toMatchObject({ kind });
  });

  it('was done though it cannot be counted, as is what was given back', async () => {
    const memory: Memory = {
      recall: async () => {
        throw new Error('the table is away');
      },
      replace: async () => {
        throw new Error('the table is away');
      },
    };
    const { breaker } = breakerWith(1, memory);
    expect(await breaker.releasing(async () => true)).toBe(true);
    await breaker.giveBack(leave);
    await expect(breaker.permit()).rejects.toThrow('the table is away');
  });
});
