import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../../events/outcome.ts';
import type { LoggedActions } from '../../../../functions/domain/review/action-log.ts';
import type { Decision } from '../../../../functions/domain/rules/decide.ts';
import { ActionLog } from '../../../../functions/pipeline/review/action-log.ts';
import { inMemoryStateStore, type StateStore } from '../../../../functions/pipeline/state-store.ts';
import { blocked, couldNot, unblocked } from '../../../fakes/outcomes.ts';
import { ACCOUNT, START, testPipeline } from '../../../fakes/pipeline.ts';

const ID = `actions/${ACCOUNT}/dana`;
const NOW = new Date(START);
const AT = NOW.toISOString();
const DAY_MS = 24 * 60 * 60 * 1000;
const nothing: LoggedActions = { pending: null, unpublished: [], published: [] };
const one = blocked({ id: 'one' });
const two = unblocked({ id: 'two' });

const blockedNow = decisionFor(true);
const unblockedNow = decisionFor(false);

function decisionFor(isBlocked: boolean): Decision {
  return {
    kind: 'decision',
    action: 'none',
    status: 'unprotected',
    blocked: isBlocked,
    reasons: [],
  };
}

function pendingOf(outcome: typeof one | typeof two, failed = false): LoggedActions {
  return { ...nothing, pending: { outcome, at: AT, failed } };
}

/** An action log, what is written into it, and what it publishes. */
async function logWith(actions: LoggedActions | null = nothing) {
  const inner = inMemoryStateStore();
  if (actions) await inner.compareAndSet(ID, null, JSON.stringify(actions), NOW);
  const ends: Date[] = [];
  const steps: string[] = [];
  const failing = { table: false, bus: false };
  const stateStore: StateStore = {
    get: inner.get,
    compareAndSet: async (id, before, after, expires) => {
      if (failing.table) throw new Error('the table is unavailable');
      steps.push('write');
      ends.push(expires);
      return inner.compareAndSet(id, before, after, expires);
    },
  };
  const publish = async (outcomes: readonly Outcome[]) => {
    if (failing.bus) throw new Error('the bus is unavailable');
    steps.push(`publish ${outcomes.map(({ id }) => id).join(', ')}`);
  };
  const deps = { ...testPipeline(), stateStore, publish, now: () => NOW };
  return {
    actionLog: await ActionLog.open(deps, 'dana'),
    ends,
    steps,
    failing,
    written: async () => JSON.parse((await inner.get(ID)) ?? '') as LoggedActions,
    interfere: async () => {
      await inner.compareAndSet(ID, await inner.get(ID), '{"begun":null}', NOW);
    },
  };
}

it('contains nothing for a user without an entry', async () => {
  const { actionLog } = await logWith(null);
  expect(actionLog.actions).toEqual(nothing);
});

describe('an action that begins', () => {
  it('is recorded for thirty days, with what other reviews left unpublished', async () => {
    const { actionLog, written, ends } = await logWith({ ...nothing, unpublished: [two] });
    expect(await actionLog.begin(one, unblockedNow)).toEqual(one);
    const actions = { ...pendingOf(one), unpublished: [two] };
    expect(await written()).toEqual(actions);
    expect(actionLog.actions).toEqual(actions);
    expect(ends).toEqual([new Date(START + 30 * DAY_MS)]);
  });

  it('does not begin if another instance was faster', async () => {
    const { actionLog, interfere } = await logWith();
    await interfere();
    expect(await actionLog.begin(one, unblockedNow)).toBeNull();
    expect(actionLog.actions).toEqual(nothing);
  });
});

describe('an action that another review left unpublished', () => {
  it.each<[string, LoggedActions, LoggedActions]>([
    ['nothing', nothing, nothing],
    ['one', { ...nothing, unpublished: [one] }, pendingOf(one)],
    ['two', { ...pendingOf(two), unpublished: [one] }, { ...pendingOf(two), unpublished: [one] }],
  ])('is claimed: %s', async (_, before, expected) => {
    const { actionLog, written, ends } = await logWith(before);
    expect(await actionLog.claim(unblockedNow)).toBe(true);
    expect(await written()).toEqual(expected);
    expect(ends).toHaveLength(before === nothing ? 0 : 1);
  });

  it('is not claimed if another instance was faster', async () => {
    const { actionLog, interfere } = await logWith({ ...nothing, unpublished: [one] });
    await interfere();
    expect(await actionLog.claim(null)).toBe(false);
  });
});

describe('a pending action', () => {
  const pending = { ...pendingOf(one), unpublished: [two] };

  it('that IAM answered with an error is recorded as failed', async () => {
    const { actionLog, written } = await logWith(pending);
    await actionLog.markFailed();
    expect(await written()).toEqual({ ...pendingOf(one, true), unpublished: [two] });
  });

  it('that IAM answered with an error stays as it is if that cannot be written', async () => {
    const { actionLog, written, failing } = await logWith(pending);
    failing.table = true;
    await expect(actionLog.markFailed()).resolves.toBeUndefined();
    expect(await written()).toEqual(pending);
  });

  it('that was not done is cancelled, unlike what others left unpublished', async () => {
    const { actionLog, written } = await logWith(pending);
    await actionLog.cancel();
    expect(await written()).toEqual({ ...nothing, unpublished: [two] });
  });

  it.each([
    ['IAM answered with an error, and which may have been done', true, blockedNow, true],
    ['IAM answered with an error, and which is published', true, unblockedNow, false],
    ['has no answer, and is published', false, unblockedNow, false],
    ['has no answer, and which may have been done', false, blockedNow, true],
  ])('takes the place of one that %s', async (_, failed, decision, stays) => {
    const before = pendingOf(two, failed);
    const { actionLog, written } = await logWith(before);
    await actionLog.begin(one, decision);
    await actionLog.cancel();
    expect(await written()).toEqual(stays ? before : { ...nothing, unpublished: [two] });
  });

  it('that does not exist cannot fail', async () => {
    const { actionLog, ends } = await logWith();
    await actionLog.markFailed();
    expect(ends).toEqual([]);
  });
});

describe('publishing', () => {
  const done = { id: 'one', action: 'block', methods: ['managed-policy'], at: AT, certain: true };
  const other = couldNot({ id: 'other' });

  it('publishes what others left, then the outcomes, then the action, and records it last', async () => {
    const { actionLog, steps, written } = await logWith({ ...nothing, unpublished: [two] });
    await actionLog.begin(one, unblockedNow);
    const published = await actionLog.publish([other], one);
    expect(published).toEqual({ outcomes: [two, other, one], at: NOW });
    expect(steps).toEqual(['write', 'publish two, other, one', 'write']);
    expect(await written()).toMatchObject({
      pending: null,
      unpublished: [],
      published: [done, { id: 'two', certain: false }],
    });
  });

  it('publishes an action once that a crashed try left and this review did', async () => {
    const { actionLog, steps } = await logWith(pendingOf(one));
    await actionLog.begin(one, unblockedNow);
    await actionLog.publish([], one);
    expect(steps).toEqual(['write', 'publish one', 'write']);
  });

  it('records an action also if nothing was recorded before', async () => {
    const { actionLog, written } = await logWith();
    await actionLog.publish([], one);
    expect(await written()).toEqual({ ...nothing, published: [done] });
  });

  it.each<[string, LoggedActions]>([
    ['pending', pendingOf(one)],
    ['unpublished', { ...nothing, unpublished: [one] }],
  ])('ends what others left %s', async (_, actions) => {
    const { actionLog, steps, written } = await logWith(actions);
    await actionLog.claim(null);
    await actionLog.publish([], null);
    expect(steps).toEqual(['write', 'publish one', 'write']);
    expect(await written()).toMatchObject({
      pending: null,
      unpublished: [],
      published: [{ id: 'one' }],
    });
  });

  it('records nothing without an action', async () => {
    const { actionLog, steps } = await logWith();
    await actionLog.publish([other], null);
    expect(steps).toEqual(['publish other']);
  });

  it('that fails leaves the action pending', async () => {
    const { actionLog, failing, written } = await logWith();
    await actionLog.begin(one, unblockedNow);
    failing.bus = true;
    await expect(actionLog.publish([], one)).rejects.toThrow('the bus is unavailable');
    expect(await written()).toEqual(pendingOf(one));
  });
});
