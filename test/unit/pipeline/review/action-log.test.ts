import { describe, expect, it } from 'vitest';
import type {
  ActionOutcome,
  LoggedActions,
} from '../../../../functions/domain/review/action-log.ts';
import { ActionLog } from '../../../../functions/pipeline/review/action-log.ts';
import { inMemoryStateStore, type StateStore } from '../../../../functions/pipeline/state-store.ts';
import { blocked, unblocked } from '../../../fakes/outcomes.ts';
import { ACCOUNT, START, testPipeline } from '../../../fakes/pipeline.ts';

const ID = `actions/${ACCOUNT}/dana`;
const NOW = new Date(START);
const AT = NOW.toISOString();
const DAY_MS = 24 * 60 * 60 * 1000;
const nothing: LoggedActions = { pending: null, unpublished: [], published: [] };
const one = blocked({ id: 'one' });
const two = unblocked({ id: 'two' });

const depsWith = (stateStore: StateStore) => ({ ...testPipeline(), stateStore, now: () => NOW });

/** A actionLog, and what is written into it. */
async function bookWith(actions: LoggedActions = nothing) {
  const inner = inMemoryStateStore();
  await inner.compareAndSet(ID, null, JSON.stringify(actions), NOW);
  const ends: Date[] = [];
  let fails = false;
  const stateStore: StateStore = {
    get: inner.get,
    compareAndSet: async (id, before, after, expires) => {
      if (fails) throw new Error('the table is away');
      ends.push(expires);
      return inner.compareAndSet(id, before, after, expires);
    },
  };
  const actionLog = await ActionLog.open(depsWith(stateStore), 'dana');
  return {
    actionLog,
    ends,
    written: async () => JSON.parse((await inner.get(ID)) ?? '') as LoggedActions,
    fail: () => {
      fails = true;
    },
    interfere: async () => {
      await inner.compareAndSet(ID, await inner.get(ID), '{"begun":null}', NOW);
    },
  };
}

it('knows nothing of a user of whom nothing is remembered', async () => {
  const { actions } = await ActionLog.open(depsWith(inMemoryStateStore()), 'dana');
  expect(actions).toEqual(nothing);
});

describe('an action that is begun', () => {
  it('is written down for thirty days, with what others left unpublished', async () => {
    const { actionLog, written, ends } = await bookWith();
    expect(await actionLog.begin(one, [two])).toEqual(one);
    const actions = {
      pending: { outcome: one, at: AT, failed: false },
      unpublished: [two],
      published: [],
    };
    expect(await written()).toEqual(actions);
    expect(actionLog.actions).toEqual(actions);
    expect(ends).toEqual([new Date(START + 30 * DAY_MS)]);
  });

  it('is not, where somebody else was faster', async () => {
    const { actionLog, interfere } = await bookWith();
    await interfere();
    expect(await actionLog.begin(one, [])).toBeNull();
    expect(actionLog.actions).toEqual(nothing);
  });
});

describe('what others left unpublished', () => {
  it.each<[string, ActionOutcome[], LoggedActions | null]>([
    ['nothing', [], null],
    [
      'one',
      [one],
      { pending: { outcome: one, at: AT, failed: false }, unpublished: [], published: [] },
    ],
    [
      'two',
      [one, two],
      { pending: { outcome: two, at: AT, failed: false }, unpublished: [one], published: [] },
    ],
  ])('is taken over: %s', async (_, unpublished, expected) => {
    const { actionLog, written, ends } = await bookWith();
    expect(await actionLog.claim(unpublished)).toBe(true);
    expect(await written()).toEqual(expected ?? nothing);
    expect(ends).toHaveLength(expected ? 1 : 0);
  });

  it('is somebody else’s where they were faster', async () => {
    const { actionLog, interfere } = await bookWith();
    await interfere();
    expect(await actionLog.claim([one])).toBe(false);
  });
});

describe('an action that was begun', () => {
  const pending = {
    ...nothing,
    pending: { outcome: one, at: AT, failed: false },
    unpublished: [two],
  };

  it('and answered with an error is known to have failed', async () => {
    const { actionLog, written } = await bookWith(pending);
    await actionLog.markFailed();
    expect(await written()).toEqual({ ...pending, pending: { ...pending.pending, failed: true } });
  });

  it('and answered with an error is left as it is where that cannot be written', async () => {
    const { actionLog, written, fail } = await bookWith(pending);
    fail();
    await expect(actionLog.markFailed()).resolves.toBeUndefined();
    expect(await written()).toEqual(pending);
  });

  it('and was not done is forgotten, but not what others left unpublished', async () => {
    const { actionLog, written } = await bookWith(pending);
    await actionLog.cancel();
    expect(await written()).toEqual({ ...nothing, unpublished: [two] });
  });

  it.each([
    ['IAM answered with an error is remembered again: it may have been done', true, false, true],
    ['IAM answered with an error, and is told, is not', true, true, false],
    ['nobody answered is not, where it is told', false, true, false],
    ['nobody answered is, where it is not told', false, false, true],
  ])('in place of one that %s', async (_, failed, isTold, stays) => {
    const before = { outcome: two, at: AT, failed };
    const { actionLog, written } = await bookWith({ ...nothing, pending: before });
    const unpublished =
      isTold && actionLog.actions.pending ? [actionLog.actions.pending.outcome] : [];
    await actionLog.begin(one, unpublished);
    await actionLog.cancel();
    expect(await written()).toEqual({ ...nothing, pending: stays ? before : null, unpublished });
  });

  it('by nobody cannot have failed', async () => {
    const { actionLog, ends } = await bookWith();
    await actionLog.markFailed();
    expect(ends).toEqual([]);
  });
});

describe('what was told', () => {
  const done = { id: 'one', action: 'block', methods: ['managed-policy'], at: AT, certain: true };

  it('is remembered, with when it was done', async () => {
    const { actionLog, written } = await bookWith({
      ...nothing,
      pending: { outcome: one, at: AT, failed: false },
    });
    await actionLog.markPublished([], one, NOW);
    expect(await written()).toEqual({ ...nothing, published: [done] });
  });

  it('is remembered though nothing was written down before', async () => {
    const { actionLog, written } = await bookWith();
    await actionLog.markPublished([], one, NOW);
    expect(await written()).toEqual({ ...nothing, published: [done] });
  });

  it.each<[string, LoggedActions]>([
    ['pending', { ...nothing, pending: { outcome: one, at: AT, failed: false } }],
    ['unpublished', { ...nothing, unpublished: [one] }],
  ])('of others is no longer %s', async (_, actions) => {
    const { actionLog, written } = await bookWith(actions);
    await actionLog.markPublished([one], null, NOW);
    expect(await written()).toMatchObject({
      pending: null,
      unpublished: [],
      published: [{ id: 'one' }],
    });
  });

  it('is nothing where there was nothing to post', async () => {
    const { actionLog, ends } = await bookWith();
    await actionLog.markPublished([], null, NOW);
    expect(ends).toEqual([]);
  });
});
