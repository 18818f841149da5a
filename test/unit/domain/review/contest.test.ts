import { describe, expect, it } from 'vitest';
import type { UserChange } from '../../../../events/message.ts';
import {
  contestOf,
  type Removal,
  withRemovals,
} from '../../../../functions/domain/review/contest.ts';
import { bySweep } from '../../../fakes/outcomes.ts';
import { ACCOUNT, POLICY, settingsWith } from '../../../fakes/settings.ts';

const NOW = new Date('2026-03-01T12:00:00.000Z');
const before = (seconds: number) => new Date(NOW.getTime() - seconds * 1000).toISOString();
const settings = settingsWith({ enforcerRole: 'enforcer' });
const terraform = { type: 'AssumedRole', name: 'Terraform/run-1' };

function detach(eventId: string, ago: number, actor = terraform, policy = POLICY): UserChange {
  const cause = {
    kind: 'event' as const,
    eventId,
    eventName: 'DetachUserPolicy',
    eventTime: before(ago),
    actor,
  };
  return {
    account: ACCOUNT,
    user: 'dana',
    hint: false,
    cause,
    expects: { policies: { [policy]: false } },
  };
}

const removal = (eventId: string, ago: number, by = 'assumedrole/terraform'): Removal => ({
  eventId,
  at: before(ago),
  by,
});

describe('the removals of a block', () => {
  it.each([
    ['a detach', detach('e1', 5), [removal('e1', 5)]],
    [
      'a detach by a user',
      detach('e1', 5, { type: 'IAMUser', name: 'a/b' }),
      [removal('e1', 5, 'iamuser/a/b')],
    ],
    ['a detach of another policy', detach('e1', 5, terraform, 'arn:aws:iam::aws:policy/Other'), []],
    ['the enforcer’s own', detach('e1', 5, { type: 'AssumedRole', name: 'enforcer/x' }), []],
    ['an hour ago', detach('e1', 3600), []],
    ['less than an hour ago', detach('e1', 3599), [removal('e1', 3599)]],
    ['a sweep', { ...detach('e1', 5), cause: bySweep() }, []],
  ])('have %s, if it is one', (_, change, last) => {
    expect(withRemovals({ last: [] }, [change], settings, NOW)).toEqual({ last });
  });

  it('have an event once, in the order of time', () => {
    const first = withRemovals({ last: [] }, [detach('e2', 5)], settings, NOW);
    const both = withRemovals(first, [detach('e2', 5), detach('e1', 9)], settings, NOW);
    expect(both.last.map(({ eventId }) => eventId)).toEqual(['e1', 'e2']);
  });

  it('keep the latest twenty, and when they were reported', () => {
    const last = Array.from({ length: 20 }, (_, index) => removal(`r${index}`, 100 - index));
    const reportedAt = before(60);
    const all = withRemovals({ last, reportedAt }, [detach('e1', 5)], settings, NOW);
    expect(all).toEqual({ last: [...last.slice(1), removal('e1', 5)], reportedAt });
  });
});

describe('a contest', () => {
  const others = (count: number) =>
    Array.from({ length: count }, (_, index) => removal(`r${index}`, 900 - index));
  const contest = (count: number, ago: number, more: object = {}, now = NOW) =>
    contestOf(
      { last: [...others(count - 1), removal('e1', ago)], ...more },
      [detach('e1', ago)],
      now,
    );

  it.each([
    [2, 0, null],
    [3, 0, 30],
    [3, 29.5, 1],
    [3, 30, 0],
    [3, 400, 0],
    [4, 0, 60],
    [5, 0, 120],
    [6, 0, 240],
    [7, 0, 300],
    [20, 0, 300],
    [20, -900, 300],
  ])('after %d removals, the last %d s ago, waits %j s', (count, ago, seconds) => {
    expect(contest(count, ago)?.seconds ?? null).toBe(seconds);
  });

  it('counts the removals of the latest one’s actor', () => {
    const last = [...others(2), removal('x', 60, 'iamuser/erin'), removal('e1', 5)];
    expect(contestOf({ last }, [detach('e1', 5)], NOW)).toMatchObject({
      count: 3,
      change: { cause: { eventId: 'e1' } },
    });
    const byOther = [...others(2), removal('e1', 5, 'iamuser/erin')];
    expect(contestOf({ last: byOther }, [detach('e1', 5)], NOW)).toBeNull();
  });

  it.each([
    ['never', undefined, true],
    ['an hour ago', 3600, true],
    ['less than an hour ago', 3599, false],
  ])('is new if it was reported %s', (_, ago, isNew) => {
    const more = ago === undefined ? {} : { reportedAt: before(ago) };
    expect(contest(3, 5, more)?.isNew).toBe(isNew);
  });

  it.each([
    ['no removal is remembered', [], [detach('e1', 5)]],
    ['the latest removal is not among the changes', others(3), [detach('e1', 5)]],
    ['only a sweep asks', others(3), [{ ...detach('r2', 5), cause: bySweep() }]],
  ])('is none where %s', (_, last, changes) => {
    expect(contestOf({ last }, changes, NOW)).toBeNull();
  });
});
