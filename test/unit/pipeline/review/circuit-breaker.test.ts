import { describe, expect, it } from 'vitest';
import { noLog } from '../../../../functions/commands/terminal.ts';
import {
  Breaker,
  type ReservedRoom,
} from '../../../../functions/pipeline/review/circuit-breaker.ts';
import { inMemoryStateStore, type StateStore } from '../../../../functions/pipeline/state-store.ts';
import { MemoryIam } from '../../../fakes/memory-iam.ts';
import { ACCOUNT, BOUNDARY, POLICY, START, settingsWith } from '../../../fakes/settings.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const ENTRY = `breaker/${ACCOUNT}`;

/** A breaker of an account in memory, whose clock stands unless a test moves it. */
function breakerWith(
  blockLimit: number,
  stateStore: StateStore = inMemoryStateStore(),
  mode = 'enforce' as const,
) {
  const clock = { time: START };
  const iam = new MemoryIam({ account: ACCOUNT, now: () => clock.time });
  const logged: unknown[] = [];
  const log = { ...noLog, error: (...line: unknown[]) => void logged.push(line) };
  const now = () => new Date(clock.time);
  const breaker = new Breaker(iam, settingsWith({ blockLimit, mode }), stateStore, now, log);
  const reserve = async (user: string): Promise<ReservedRoom> => {
    const result = await breaker.reserve(user, null);
    if (result.kind !== 'reserved') throw new Error(`not reserve but ${result.kind}`);
    return result;
  };
  const reserved = async () => {
    const text = await stateStore.get(ENTRY);
    return text === null ? null : (JSON.parse(text) as { reserved: unknown[] }).reserved;
  };
  return { breaker, iam, clock, stateStore, reserve, reserved, logged };
}

/** Another copy writes to the entry each time. */
function contested(): StateStore & { readonly tried: () => number } {
  let tried = 0;
  const found = JSON.stringify({ reserved: [['dana', START - 1, null]] });
  return {
    get: async () => found,
    compareAndSet: async () => {
      tried += 1;
      if (tried > 20) throw new Error('tried once too often');
      return { done: false, found };
    },
    tried: () => tried,
  };
}

const broken: StateStore = {
  get: async () => {
    throw new Error('the table is unavailable');
  },
  compareAndSet: async () => {
    throw new Error('the table is unavailable');
  },
};

describe('a reservation', () => {
  it('contains the account’s quotas, and is kept for 400 days', async () => {
    const inner = inMemoryStateStore();
    const ends: Date[] = [];
    const stateStore: StateStore = {
      ...inner,
      compareAndSet: (id, before, after, expires) => {
        ends.push(expires);
        return inner.compareAndSet(id, before, after, expires);
      },
    };
    const { breaker, iam, reserved } = breakerWith(3, stateStore);
    iam.put('erin', { policies: [POLICY] });
    expect(await breaker.reserve('Dana', new Date(START - 2_000))).toEqual({
      kind: 'reserved',
      quotas: { policiesPerUser: 10, groupsPerUser: 10, rootHasMfa: true },
      user: 'Dana',
      reservation: { at: START, changedAt: START - 2_000 },
      before: null,
    });
    expect(await reserved()).toEqual([['dana', START, START - 2_000]]);
    expect(ends).toEqual([new Date(START + 400 * DAY_MS)]);
  });

  it('of a user blocked again and again counts once', async () => {
    const { breaker, reserve, reserved, clock } = breakerWith(1);
    for (let times = 0; times < 20; times += 1) {
      await reserve(times % 2 === 0 ? 'dana' : 'DANA');
      clock.time += 1_000;
    }
    expect(await reserved()).toHaveLength(1);
    expect(await breaker.reserve('erin', null)).toMatchObject({ kind: 'open' });
  });

  it('of a user that IAM still lists needs no room', async () => {
    const { breaker, iam } = breakerWith(1);
    iam.put('dana', { policies: [POLICY] });
    expect(await breaker.reserve('dana', null)).toMatchObject({ kind: 'reserved' });
    expect(await breaker.reserve('erin', null)).toEqual({
      kind: 'open',
      counted: 1,
      assumed: 0,
      limit: 1,
    });
  });

  it('is not given where more are blocked than may be, also to one of them', async () => {
    const { breaker, iam } = breakerWith(1);
    iam.put('dana', { policies: [POLICY] });
    iam.put('erin', { policies: [POLICY] });
    expect(await breaker.reserve('dana', null)).toMatchObject({ kind: 'open', counted: 2 });
  });

  it('counts a user once, by whichever methods the user is blocked', async () => {
    const { breaker, iam } = breakerWith(4);
    iam.put('all', { policies: [POLICY], groups: ['ForceMFA'], boundary: BOUNDARY });
    iam.put('Member', { groups: ['ForceMFA'] });
    iam.put('bounded', { boundary: BOUNDARY });
    expect(await breaker.reserve('member', null)).toMatchObject({ kind: 'reserved' });
    expect(await breaker.reserve('dana', null)).toMatchObject({ kind: 'reserved' });
    expect(await breaker.reserve('erin', null)).toEqual({
      kind: 'open',
      counted: 3,
      assumed: 1,
      limit: 4,
    });
  });

  it('needs no boundary policy, and no deny group', async () => {
    const { breaker, iam } = breakerWith(1);
    delete iam.managed[BOUNDARY];
    iam.groupExists = false;
    expect(await breaker.reserve('dana', null)).toMatchObject({ kind: 'reserved' });
  });

  it('is not given where ForceMFA does not exist', async () => {
    const { breaker, iam } = breakerWith(3);
    delete iam.managed[POLICY];
    expect(await breaker.reserve('dana', null)).toEqual({ kind: 'no-policy' });
  });

  it('is not made if ForceMFA is gone when it is listed again', async () => {
    const { breaker, iam, clock } = breakerWith(0);
    expect(await breaker.reserve('dana', null)).toMatchObject({ kind: 'open' });
    delete iam.managed[POLICY];
    clock.time += 5_000;
    expect(await breaker.reserve('dana', null)).toEqual({ kind: 'no-policy' });
  });

  it.each([
    ['while there is room, once a minute', 9, 59_999, 60_000],
    ['where there is none, every five seconds', 1, 4_999, 5_000],
  ])('has IAM list anew %s', async (_when, limit, before, after) => {
    const { breaker, iam, clock } = breakerWith(limit);
    iam.put('dana', { policies: [POLICY] });
    await breaker.reserve('erin', null);
    clock.time += before;
    await breaker.reserve('erin', null);
    expect(iam.count('GetAccountSummary')).toBe(1);
    clock.time += after - before;
    await breaker.reserve('erin', null);
    expect(iam.count('GetAccountSummary')).toBe(2);
    expect(iam.count('ListEntitiesForPolicy')).toBe(4);
  });

  it('is not given by a list that took a minute', async () => {
    const { breaker, iam, clock } = breakerWith(1);
    const call = iam.call.bind(iam);
    iam.call = (action, input) => {
      if (action === 'GetGroup') clock.time += 60_000;
      return call(action, input);
    };
    await expect(breaker.reserve('dana', null)).rejects.toThrow(
      'the list of blocked users took too long',
    );
  });

  it('is asked for by one at a time', async () => {
    const { breaker } = breakerWith(2);
    const reservations = await Promise.all(
      ['a', 'b', 'c'].map((user) => breaker.reserve(user, null)),
    );
    expect(reservations.map(({ kind }) => kind)).toEqual(['reserved', 'reserved', 'open']);
  });

  it('counts until every list shows the block', async () => {
    const { breaker, reserve, clock } = breakerWith(1);
    await reserve('dana');
    clock.time += 194_999;
    expect(await breaker.reserve('erin', null)).toMatchObject({ kind: 'open', assumed: 1 });
    clock.time += 5_000;
    expect(await breaker.reserve('erin', null)).toMatchObject({ kind: 'reserved' });
  });

  it('is given up after twenty tries where other copies always write first', async () => {
    const stateStore = contested();
    await expect(breakerWith(9, stateStore).breaker.reserve('dana', null)).rejects.toThrow(
      'the block reservations change too often to write them',
    );
    expect(stateStore.tried()).toBe(20);
  });

  it('is not given where the table cannot be read', async () => {
    await expect(breakerWith(9, broken).breaker.reserve('dana', null)).rejects.toThrow(
      'the table is unavailable',
    );
  });

  it('is taken as absent where the entry cannot be read, which is logged; the limit stays', async () => {
    const stateStore = inMemoryStateStore();
    const { breaker, logged, reserved } = breakerWith(1, stateStore);
    await stateStore.compareAndSet(ENTRY, null, '{"attached":{"base":-1000}}', new Date());
    expect(await breaker.reserve('dana', null)).toMatchObject({ kind: 'reserved' });
    expect(logged).toEqual([
      [
        'block reservations in the state table are invalid and count as absent',
        { id: ENTRY, unreadable: 1 },
      ],
    ]);
    expect(await reserved()).toHaveLength(1);
    expect(await breaker.reserve('erin', null)).toMatchObject({ kind: 'open' });
    expect(logged).toHaveLength(1);
  });
});

describe('a reservation that is cancelled', () => {
  it('leaves its room', async () => {
    const { breaker, reserve, reserved } = breakerWith(1);
    await breaker.cancel(await reserve('dana'));
    expect(await reserved()).toEqual([]);
    expect(await breaker.reserve('erin', null)).toMatchObject({ kind: 'reserved' });
  });

  it('leaves its place to the one before, which may have blocked the user', async () => {
    const { breaker, reserve, reserved, clock } = breakerWith(1);
    await reserve('dana');
    clock.time += 1_000;
    await breaker.cancel(await reserve('dana'));
    expect(await reserved()).toEqual([['dana', START, null]]);
  });
});

describe('a reservation that ends', () => {
  it('is the one that was seen, and no later one', async () => {
    const { breaker, reserve, reserved, clock } = breakerWith(2);
    await reserve('erin');
    await reserve('dana');
    const seen = await breaker.reservationOf('Dana');
    expect(seen).toEqual({ at: START, changedAt: null });
    clock.time += 1_000;
    await reserve('dana');
    await breaker.end('dana', seen as NonNullable<typeof seen>);
    expect(await reserved()).toHaveLength(2);
    const later = await breaker.reservationOf('dana');
    await breaker.end('DANA', later as NonNullable<typeof later>);
    expect(await reserved()).toEqual([['erin', START, null]]);
  });

  it('is none where the user has none', async () => {
    expect(await breakerWith(1).breaker.reservationOf('dana')).toBeNull();
  });

  it('ends by itself where the table is unavailable', async () => {
    const { breaker } = breakerWith(1, broken);
    expect(await breaker.reservationOf('dana')).toBeNull();
    await breaker.end('dana', { at: START, changedAt: null });
  });

  it('ends by itself where other copies always write first', async () => {
    const stateStore = contested();
    await breakerWith(1, stateStore).breaker.end('dana', { at: START - 1, changedAt: null });
    expect(stateStore.tried()).toBe(20);
  });
});

describe('in observe mode', () => {
  it('nothing is reserved: IAM’s list alone counts', async () => {
    const { breaker, iam } = breakerWith(1, broken, 'observe' as never);
    for (const user of ['a', 'b', 'c']) {
      expect(await breaker.reserve(user, null)).toMatchObject({ reservation: null });
    }
    await breaker.cancel((await breaker.reserve('a', null)) as ReservedRoom);
    iam.put('dana', { policies: [POLICY] });
    const { breaker: another } = breakerWith(0, broken, 'observe' as never);
    expect(await another.reserve('a', null)).toMatchObject({ kind: 'open', limit: 0 });
  });
});
