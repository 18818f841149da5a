import { describe, expect, it } from 'vitest';
import type { UserChange } from '../../../../events/message.ts';
import {
  contestToReport,
  contestWait,
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
  const waitAfter = (count: number, ago: number) =>
    contestWait({ last: [...others(count - 1), removal('e1', ago)] }, NOW);
  const report = (last: readonly Removal[], changes: readonly UserChange[], more: object = {}) =>
    contestToReport({ last, ...more }, changes, NOW);

  it.each([
    [1, 0, null],
    [2, 0, null],
    [3, 0, 30],
    [3, 29.5, 1],
    [3, 30, null],
    [3, 400, null],
    [4, 0, 60],
    [5, 0, 120],
    [6, 0, 240],
    [7, 0, 300],
    [20, 0, 300],
    [20, -900, 300],
  ])('after %d removals, the last %d s ago, makes any block wait %j s', (count, ago, seconds) => {
    expect(waitAfter(count, ago)).toEqual(seconds === null ? null : { count, seconds });
  });

  it.each([
    ['a removal in the wait of the third', [removal('e1', 40), removal('e2', 20)], null],
    ['a removal when the wait of the third is over', [removal('e1', 40), removal('e2', 10)], 50],
    ['removals by others in the wait', [removal('e1', 20), removal('x', 5, 'iamuser/erin')], 10],
  ])('begins no new wait while a user waits: %s', (_, latest, seconds) => {
    const found = contestWait({ last: [...others(2), ...latest] }, NOW);
    expect(found?.seconds ?? null).toBe(seconds);
  });

  it('lets a user be blocked whose policy is detached every four minutes', () => {
    const every = (_: unknown, index: number) => removal(`r${index}`, (19 - index) * 240 + 100);
    const last = Array.from({ length: 20 }, every);
    const waiting = Array.from({ length: 240 }, (__, second) =>
      contestWait({ last }, new Date(NOW.getTime() - second * 1000)),
    );
    expect(waiting.filter((wait) => wait === null).length).toBeGreaterThan(0);
  });

  it('delays no block where no removal is remembered, or the latest is another actor’s', () => {
    expect(contestWait({ last: [] }, NOW)).toBeNull();
    const last = [...others(3), removal('e1', 5, 'iamuser/erin')];
    expect(contestWait({ last }, NOW)).toBeNull();
  });

  it.each([
    ['the third removal', [...others(2), removal('e1', 5)], 3],
    [
      'the third of four by others',
      [removal('x', 950, 'iamuser/erin'), ...others(2), removal('e1', 5)],
      3,
    ],
    [
      'one that comes later than the next',
      [others(2), removal('e1', 400), removal('e2', 5)].flat(),
      4,
    ],
    [
      'one of four where the latest is by another',
      [others(2), removal('e1', 400), removal('x', 5, 'iamuser/erin')].flat(),
      3,
    ],
  ])('is reported at %s', (_, last, count) => {
    expect(report(last, [detach('e1', 5)])).toEqual({ change: detach('e1', 5), count });
  });

  it('names the latest removal of those that are reviewed together', () => {
    const changes = [detach('r1', 899), detach('e1', 5), { ...detach('s', 1), cause: bySweep() }];
    expect(report([...others(2), removal('e1', 5)], changes)?.change).toBe(changes[1]);
  });

  it.each([
    ['never', undefined, true],
    ['an hour ago', 3600, true],
    ['less than an hour ago', 3599, false],
  ])('is reported if it was reported %s', (_, ago, isNew) => {
    const more = ago === undefined ? {} : { reportedAt: before(ago) };
    expect(report([...others(2), removal('e1', 5)], [detach('e1', 5)], more) !== null).toBe(isNew);
  });

  it.each([
    ['no removal is remembered', [], [detach('e1', 5)]],
    ['it is the second removal', [...others(1), removal('e1', 5)], [detach('e1', 5)]],
    ['the removals are not reviewed now', others(3), [detach('e1', 5)]],
    ['only a sweep asks', others(3), [{ ...detach('r2', 5), cause: bySweep() }]],
    ['nothing asks', others(3), []],
  ])('is not reported where %s', (_, last, changes) => {
    expect(report(last, changes)).toBeNull();
  });
});
