import { NoSuchEntityException } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import type { BlockMethod } from '../../../../events/outcome.ts';
import type {
  ActionOutcome,
  LoggedActions,
} from '../../../../functions/domain/review/action-log.ts';
import type { ReviewTask } from '../../../../functions/domain/review/tasks.ts';
import type { Decision } from '../../../../functions/domain/rules/decide.ts';
import { ActionLog } from '../../../../functions/pipeline/review/action-log.ts';
import { applyDecision } from '../../../../functions/pipeline/review/apply-decision.ts';
import { Deadline } from '../../../../functions/pipeline/review/deadline.ts';
import type {
  Enforced,
  Refusal,
} from '../../../../functions/pipeline/review/enforcement-result.ts';
import type { Enforcer } from '../../../../functions/pipeline/review/enforcer.ts';
import { inMemoryStateStore } from '../../../../functions/pipeline/state-store.ts';
import { concurrentModification, MemoryIam, serviceFailure } from '../../../fakes/memory-iam.ts';
import { blocked, unblocked } from '../../../fakes/outcomes.ts';
import { ACCOUNT, START, testPipeline } from '../../../fakes/pipeline.ts';

const NOW = new Date(START);
const AT = NOW.toISOString();
const BLOCKED = `user-blocked/${ACCOUNT}/dana/e1`;
const UNBLOCKED = `user-unblocked/${ACCOUNT}/dana/e1`;
const task: ReviewTask = {
  user: 'dana',
  account: ACCOUNT,
  expects: {},
  changes: [],
  changedAt: null,
  cause: blocked().cause,
  isOwnChange: false,
  refusedSince: null,
};
const full = {
  kind: 'could-not',
  why: { code: 'no-room', text: 'no block method has room' },
} as const;
const open: Refusal = { kind: 'breaker-open', counted: 2, assumed: 1, limit: 3 };

interface Case {
  readonly action: Decision['action'];
  /** The reading's result; null without a reading. */
  readonly methods?: readonly BlockMethod[] | null;
  /** Actions that dead processes left. */
  readonly unpublished?: readonly ActionOutcome[];
  /** An action that IAM answered with an error. */
  readonly failed?: ActionOutcome;
  /** The action during which a process died. */
  readonly pending?: ActionOutcome;
  /** Whether the reading showed a block method; where an unblock is due, it did. */
  readonly blocked?: boolean;
  readonly published?: LoggedActions['published'];
  /** The breaker's answer, where it is not a reservation. */
  readonly refusal?: Refusal;
  /** The result of the writes to IAM. */
  readonly enforced?: Enforced | Error;
  /** Another copy writes first. */
  readonly contested?: boolean;
  readonly tooOld?: boolean;
  /** When the user was named as refused. */
  readonly refused?: string;
}

/** Carries a decision out on dana. @returns what came of it, and what was done on the way */
async function carried(one: Case) {
  const stateStore = inMemoryStateStore();
  const id = `actions/${ACCOUNT}/dana`;
  const left = one.failed ?? one.pending;
  const pending = left ? { outcome: left, at: AT, failed: left === one.failed } : null;
  const refused = one.refused === undefined ? {} : { refused: one.refused };
  const actions: LoggedActions = {
    pending,
    unpublished: one.unpublished ?? [],
    published: one.published ?? [],
    ...refused,
  };
  await stateStore.compareAndSet(id, null, JSON.stringify(actions), NOW);
  const remembered = async () => JSON.parse((await stateStore.get(id)) ?? '') as LoggedActions;
  const deps = {
    ...testPipeline(),
    iam: new MemoryIam(),
    stateStore,
    now: () => NOW,
    publish: async () => {
      atPublication = await remembered();
    },
  };
  let atPublication = null as LoggedActions | null;
  const actionLog = await ActionLog.open(deps, 'dana');
  if (one.contested) await stateStore.compareAndSet(id, await stateStore.get(id), '{}', NOW);
  const done: unknown[] = [];
  const act = async (what: unknown): Promise<Enforced> => {
    done.push(what);
    if (one.enforced instanceof Error) throw one.enforced;
    return one.enforced ?? { kind: 'blocked', method: 'managed-policy' };
  };
  const enforcer: Enforcer = {
    reserve: async () =>
      one.refusal ?? {
        kind: 'reserved',
        block: () => act('block'),
        cancel: async () => void done.push('cancel'),
      },
    isFull: async () => false,
    unblock: (_facts, isReserved) => act(isReserved ? 'unblock, reserved' : 'unblock'),
    seenUnblocked: async (user, before, claim) => {
      done.push(['seen unblocked', user, before, await claim()]);
    },
  };
  const decision: Decision = {
    kind: 'decision',
    action: one.action,
    status: 'unprotected',
    blocked: one.blocked ?? one.action === 'unblock',
    reasons: [],
  };
  const { methods = [] } = one;
  const facts = {
    user: 'dana',
    ...(methods === null ? {} : { attachments: { methods, policies: [] } }),
  };
  const times = [new Date(one.tooOld ? START - 49_001 : START)];
  const deadline = new Deadline(() => times.shift() ?? NOW);
  const result = await applyDecision(
    { ...deps, enforcer },
    task,
    { facts, decision, grace: null },
    actionLog,
    deadline,
  ).catch((error: unknown) => error as Error);
  const outcomes =
    'outcomes' in result
      ? result.outcomes.map((outcome) => {
          if (outcome.kind === 'user-blocked') return [outcome.id, outcome.method];
          return outcome.kind === 'user-unblocked'
            ? [outcome.id, ...outcome.methods]
            : [outcome.kind];
        })
      : null;
  return { result, outcomes, done, atPublication, remembered };
}

const lockedByOther = { kind: 'stale', staleReads: ['another instance handles the user'] };

describe('a decided action', () => {
  it('is done, published with its block method, and logged once it is published', async () => {
    const enforced = { kind: 'blocked', method: 'boundary' } as const;
    const one = { action: 'block', enforced } as const;
    const { outcomes, done, atPublication, remembered } = await carried(one);
    expect(outcomes).toEqual([[BLOCKED, 'boundary']]);
    expect(done).toEqual(['block']);
    expect(atPublication).toMatchObject({
      pending: { outcome: { id: BLOCKED, method: 'managed-policy' }, failed: false },
    });
    const published = [
      { id: BLOCKED, action: 'block', methods: ['boundary'], at: AT, certain: true },
    ];
    expect(await remembered()).toEqual({ pending: null, unpublished: [], published });
  });

  it('is done also for a user whose blocks were not read', async () => {
    const { outcomes } = await carried({ action: 'block', methods: null });
    expect(outcomes).toEqual([[BLOCKED, 'managed-policy']]);
    const enforced = { kind: 'unblocked', methods: [] } as const;
    const unblock = await carried({ action: 'unblock', methods: null, enforced });
    expect(unblock.atPublication?.pending?.outcome).toMatchObject({ id: UNBLOCKED, methods: [] });
  });

  it.each([
    [[], 'unblock'],
    [[{ id: '1', action: 'block', methods: [], at: AT, certain: true }], 'unblock, reserved'],
    [[{ id: '1', action: 'unblock', methods: [], at: AT, certain: true }], 'unblock'],
  ] as const)(
    'is an unblock of a user blocked a moment ago, by the enforcer or another caller: %#',
    async (published, done) => {
      const enforced = { kind: 'unblocked', methods: ['boundary'] } as const;
      const methods = ['managed-policy', 'boundary'] as const;
      const after = await carried({ action: 'unblock', methods, published, enforced });
      expect(after.done).toEqual([done]);
      expect(after.outcomes).toEqual([[UNBLOCKED, 'boundary']]);
    },
  );

  it.each(['block', 'unblock'] as const)(
    'is left to another copy that was faster: %s',
    async (action) => {
      const { result, done } = await carried({ action, contested: true });
      expect(result).toEqual(lockedByOther);
      expect(done).toEqual(action === 'block' ? ['cancel'] : []);
    },
  );

  it.each(['block', 'unblock'] as const)(
    'is not done by a reading that is too old: %s',
    async (action) => {
      const { result, done, remembered } = await carried({ action, tooOld: true });
      expect(result).toEqual(new Error('the readings are too old to act on'));
      expect(done).toEqual(action === 'block' ? ['cancel'] : []);
      expect((await remembered()).pending).toBeNull();
    },
  );
});

describe('an action that a dead process left unpublished', () => {
  const unpublished = [blocked({ id: 'old' }), unblocked({ id: 'older', methods: ['boundary'] })];

  it('is published if nothing is to be done', async () => {
    const { outcomes, done } = await carried({ action: 'none', unpublished });
    expect(outcomes).toEqual([
      ['old', 'managed-policy'],
      ['older', 'boundary'],
    ]);
    expect(done).toEqual([]);
  });

  it('is published by another instance that was faster', async () => {
    expect(await carried({ action: 'none', unpublished, contested: true })).toMatchObject({
      result: lockedByOther,
    });
    expect(
      await carried({ action: 'block', refusal: open, unpublished, contested: true }),
    ).toMatchObject({ result: lockedByOther });
  });

  it('is published with what is done now, the same change once', async () => {
    const again = [blocked({ id: 'old' }), blocked({ id: BLOCKED, method: 'boundary' })];
    const { outcomes } = await carried({ action: 'block', unpublished: again });
    expect(outcomes).toEqual([
      ['old', 'managed-policy'],
      [BLOCKED, 'managed-policy'],
    ]);
  });

  it('is published if there is no room', async () => {
    expect(await carried({ action: 'block', refusal: full, unpublished })).toMatchObject({
      outcomes: [['old', 'managed-policy'], ['older', 'boundary'], ['could-not-enforce']],
    });
    expect(await carried({ action: 'block', refusal: open, unpublished })).toMatchObject({
      result: { ...open },
      outcomes: [
        ['old', 'managed-policy'],
        ['older', 'boundary'],
      ],
    });
  });

  it.each([
    ['block', full, [['could-not-enforce']]],
    ['unblock', full, [['could-not-enforce']]],
  ] as const)(
    'is published if a %s turns out to be impossible: the reason may be new',
    async (action, enforced, outcomes) => {
      const all = [['old', 'managed-policy'], ['older', 'boundary'], ...outcomes];
      expect(await carried({ action, unpublished, enforced })).toMatchObject({ outcomes: all });
    },
  );
});

describe('an unblock that was broken off', () => {
  const pending = (...methods: BlockMethod[]) => unblocked({ id: 'broken-off', methods });
  const rest = { kind: 'unblocked', methods: ['boundary'] } as const;
  const unblock = { action: 'unblock', methods: ['boundary'], enforced: rest } as const;

  it.each(['pending', 'failed'] as const)(
    'is published as one, with all its methods: %s',
    async (how) => {
      const one = { ...unblock, [how]: pending('managed-policy', 'boundary') };
      expect(await carried(one)).toMatchObject({
        outcomes: [['broken-off', 'managed-policy', 'boundary']],
      });
    },
  );

  it.each([
    ['the same block methods', pending('boundary')],
    ['other methods', pending('managed-policy', 'deny-group')],
    ['some other block methods', pending('managed-policy', 'inline-policy', 'deny-group')],
  ])('is none where it was of %s', async (_, one) => {
    expect(await carried({ ...unblock, pending: one })).toMatchObject({
      outcomes: [[UNBLOCKED, 'boundary']],
    });
  });

  it('is none if it was a block, which has its own outcome', async () => {
    const { outcomes } = await carried({ ...unblock, pending: blocked({ id: 'broken-off' }) });
    expect(outcomes).toEqual([
      ['broken-off', 'managed-policy'],
      [UNBLOCKED, 'boundary'],
    ]);
  });

  it('is none where only some of what is left was of it', async () => {
    const one = pending('managed-policy', 'deny-group', 'boundary');
    const methods = ['boundary', 'inline-policy'] as const;
    const { outcomes } = await carried({ ...unblock, methods, pending: one });
    expect(outcomes).toEqual([[UNBLOCKED, 'boundary']]);
  });

  it.each([
    ['unblock', full, [['could-not-enforce']]],
    ['none', rest, []],
  ] as const)(
    'is not published if a block method is left: %s',
    async (action, enforced, outcomes) => {
      const one = { ...unblock, action, enforced, pending: pending('managed-policy', 'boundary') };
      expect(await carried({ ...one, blocked: true })).toMatchObject({ outcomes });
    },
  );
});

describe('the answer of IAM', () => {
  it('that there is nothing to remove leads to another review, and no unblock was done', async () => {
    const enforced = { kind: 'not-there' } as const;
    const { result, remembered } = await carried({ action: 'unblock', enforced });
    expect(result).toEqual({
      kind: 'stale',
      staleReads: ['nothing is there to take away'],
    });
    expect((await remembered()).pending).toBeNull();
  });

  it.each<Enforced>([{ kind: 'not-there' }, full])(
    'with $kind is no proof that an earlier try, answered with an error, had not done it',
    async (enforced) => {
      const failed = unblocked({ id: 'earlier' });
      const { remembered } = await carried({ action: 'unblock', failed, enforced });
      expect((await remembered()).pending).toMatchObject({ outcome: failed, failed: true });
    },
  );

  const noSuchEntity = () => new NoSuchEntityException({ message: 'no such user', $metadata: {} });
  const lost = { lostAnswer: true };
  it.each([
    ['no such user: it was not done', noSuchEntity(), null],
    ['changed at the same time: it was not done', concurrentModification(), null],
    ['no such user, after a lost answer', Object.assign(noSuchEntity(), lost), { failed: true }],
    ['another error: it may have been done', serviceFailure(), { failed: true }],
  ])('as an error is thrown on. %s', async (_, error, pending) => {
    const { result, remembered, done } = await carried({ action: 'block', enforced: error });
    expect(result).toBe(error);
    expect(done).toEqual(pending === null ? ['block', 'cancel'] : ['block']);
    const after = (await remembered()).pending;
    if (pending === null) expect(after).toBeNull();
    else expect(after).toMatchObject(pending);
  });
});

describe('the reservation of a user', () => {
  const earlier = {
    id: '1',
    action: 'block',
    methods: ['managed-policy'],
    at: AT,
    certain: true,
  } as const;

  it('is cancelled where no block method has room for the user', async () => {
    const { done } = await carried({ action: 'block', enforced: full });
    expect(done).toEqual(['block', 'cancel']);
  });

  it('ends where a reading shows that the user is not blocked, once no other copy is at the user', async () => {
    const { done, remembered } = await carried({ action: 'none', published: [earlier] });
    expect(done).toEqual([['seen unblocked', 'dana', null, true]]);
    expect(await remembered()).toMatchObject({ published: [earlier], claims: 1 });
  });

  it.each<[string, Partial<Case>]>([
    ['the enforcer did not block the user', { published: [] }],
    ['the user is blocked', { published: [earlier], blocked: true }],
    [
      'a possible block method was not read',
      { published: [{ ...earlier, methods: ['boundary'] }] },
    ],
    [
      'an earlier action is not published yet',
      { published: [earlier], unpublished: [blocked({ id: 'old' })] },
    ],
  ])('stays where %s', async (_, one) => {
    expect((await carried({ action: 'none', ...one })).done).toEqual([]);
  });
});

describe('a refused user', () => {
  const refusedOnce = async () => {
    const all = await carried({ action: 'block', refusal: open });
    if (all.result instanceof Error || all.result.kind !== 'breaker-open') throw new Error('?');
    return { ...all, result: all.result };
  };

  it('was not named yet, and is remembered once that is done', async () => {
    const { result, remembered } = await refusedOnce();
    expect(result).toMatchObject({ named: false, counted: 2, assumed: 1, limit: 3 });
    expect(await remembered()).not.toHaveProperty('refused');
    await result.markNamed();
    expect(await remembered()).toMatchObject({ refused: AT });
  });

  it('was named already, and stays so until the user is decided', async () => {
    const one = await carried({ action: 'block', refusal: open, refused: AT });
    expect(one.result).toMatchObject({ named: true });
    expect(await one.remembered()).toMatchObject({ refused: AT });
    for (const action of ['none', 'block'] as const) {
      const decided = await carried({ action, refused: AT });
      expect(await decided.remembered()).not.toHaveProperty('refused');
    }
  });

  it('with unpublished actions stays named, too', async () => {
    const unpublished = [blocked({ id: 'old' })];
    const { remembered } = await carried({
      action: 'block',
      refusal: open,
      refused: AT,
      unpublished,
    });
    expect(await remembered()).toMatchObject({ refused: AT, unpublished: [] });
  });
});
