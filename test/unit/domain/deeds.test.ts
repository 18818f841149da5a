import { describe, expect, it } from 'vitest';
import type { UserChange } from '../../../events/message.ts';
import type { BlockMethod } from '../../../events/outcome.ts';
import {
  type Deed,
  type Deeds,
  expectationsOf,
  isBusy,
  isNamed,
  lastDeed,
  leftUntold,
  mayBeReserved,
  noDeeds,
  untoldId,
  withTold,
} from '../../../functions/domain/review/action-log.ts';
import type { Decision } from '../../../functions/domain/rules/decide.ts';
import { blocked, unblocked } from '../../fakes/outcomes.ts';
import { ACCOUNT, BOUNDARY, POLICY, settingsWith } from '../../fakes/settings.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000).toISOString();
const deed = (change: Partial<Deed> = {}): Deed => ({
  id: 'd',
  action: 'block',
  methods: ['managed-policy'],
  at: ago(10),
  sure: true,
  ...change,
});
const begun = (change: Partial<NonNullable<Deeds['begun']>> = {}) => ({
  outcome: blocked(),
  at: ago(10),
  failed: false,
  ...change,
});
const deeds = (change: Partial<Deeds>): Deeds => ({ ...noDeeds, ...change });
const seen = (isBlocked: boolean): Decision => ({
  kind: 'decision',
  action: 'none',
  standing: 'unprotected',
  blocked: isBlocked,
  reasons: [],
});

describe('a user is busy', () => {
  it.each([
    ['where nothing was begun', null, false],
    ['just after a deed was begun', begun({ at: ago(0) }), true],
    ['for as long as its process may live', begun({ at: ago(74.999) }), true],
    ['no longer', begun({ at: ago(75) }), false],
    ['not after IAM answered with an error', begun({ failed: true }), false],
  ])('%s', (_, started, busy) => {
    expect(isBusy(deeds({ begun: started }), NOW)).toBe(busy);
  });

  it('not before anything is remembered', () => {
    expect(isBusy(noDeeds, NOW)).toBe(false);
  });
});

describe('what was left untold', () => {
  const before = blocked({ id: 'before' });
  const failed = { failed: true };
  const unblock = unblocked({ id: 'r' });

  it.each([
    ['nothing, where nothing was', null, seen(true), []],
    ['a deed of the dead, whatever is seen', begun(), seen(false), ['user-blocked/1']],
    ['a deed of the dead on a user who is gone', begun(), null, ['user-blocked/1']],
    ['a block that IAM refused and did', begun(failed), seen(true), ['user-blocked/1']],
    ['not a block that IAM refused and did not do', begun(failed), seen(false), []],
    ['what IAM may have done to a user who is gone', begun(failed), null, ['user-blocked/1']],
    ['an unblock of the dead that left nothing', begun({ outcome: unblock }), seen(false), ['r']],
    ['an unblock of the dead on a user who is gone', begun({ outcome: unblock }), null, ['r']],
    [
      'not an unblock of the dead that left a block method',
      begun({ outcome: unblock }),
      seen(true),
      [],
    ],
    [
      'an unblock that IAM refused and did',
      begun({ ...failed, outcome: unblock }),
      seen(false),
      ['r'],
    ],
    [
      'not an unblock that IAM refused and did not do',
      begun({ ...failed, outcome: unblock }),
      seen(true),
      [],
    ],
  ])('is %s', (_, started, decision, ids) => {
    const found = leftUntold(deeds({ begun: started, untold: [before] }), decision);
    expect(found.map(({ id }) => id)).toEqual(['before', ...ids]);
  });
});

describe('before anything was done', () => {
  it('nothing is begun, left untold or told', () => {
    expect(leftUntold(noDeeds, seen(true))).toEqual([]);
    expect(withTold(noDeeds, [], null, NOW)).toEqual({ begun: null, untold: [], told: [] });
  });
});

describe('the last deed', () => {
  it.each([
    ['none, where none is told', [], null],
    ['none, where none is sure', [deed({ sure: false })], null],
    [
      'the newest of those that are sure',
      [deed({ id: 'a', sure: false }), deed({ id: 'b' }), deed({ id: 'c' })],
      'b',
    ],
  ])('is %s', (_, told, id) => {
    expect(lastDeed(deeds({ told }))?.id ?? null).toBe(id);
  });

  it('is none before anything was told', () => {
    expect(lastDeed(noDeeds)).toBeNull();
  });
});

const change = (
  seconds: number,
  expects: UserChange['expects'],
  eventName = 'TagUser',
): UserChange => ({
  account: ACCOUNT,
  user: 'dana',
  hint: false,
  expects,
  cause: {
    kind: 'event',
    eventId: 'e',
    eventName,
    eventTime: ago(seconds),
    actor: { type: 'Root', name: 'root' },
  },
});
const bySweep: UserChange = {
  ...change(0, { exists: true }),
  cause: { kind: 'sweep', sweepId: 's', startedAt: ago(0) },
};

describe('a reading must show', () => {
  const settings = settingsWith();
  const [one, two] = [{ password: true }, { password: false }];
  const done = { exists: true, policies: { [POLICY]: true } };
  const at = (seconds: number) => deed({ at: ago(seconds) });

  it.each([
    ['nothing, of nothing', [], null, []],
    ['the changes, where nothing was done', [change(9, one), change(5, two)], null, [one, two]],
    ['what was done, where nothing changed', [], at(5), [done]],
    ['what was done, after the changes before it', [change(9, one)], at(5), [one, done]],
    ['what was done, before the changes after it', [change(5, one)], at(9), [done, one]],
    [
      'what was done between the changes',
      [change(9, one), change(3, two)],
      at(5),
      [one, done, two],
    ],
    // Event times have whole seconds: it may have been after it.
    ['a change of the same second later', [change(5, one)], at(4.001), [done, one]],
    ['a change of the second before earlier', [change(5, one)], at(4), [one, done]],
    ['what a sweep saw as earlier', [bySweep], at(9), [{ exists: true }, done]],
    ['what was done after the user was made', [change(9, one, 'CreateUser')], at(5), [one, done]],
    ['nothing of what was done to an earlier user', [change(3, one, 'CreateUser')], at(5), [one]],
    [
      'nothing of what was done to whoever had the name',
      [change(4, one), change(3, two, 'UpdateUser')],
      at(5),
      [one, two],
    ],
  ])('%s', (_, changes, last, expected) => {
    expect(expectationsOf(changes, last, settings)).toEqual(expected);
  });

  it.each<[BlockMethod[], object, object]>([
    [
      ['managed-policy'],
      { exists: true, policies: { [POLICY]: true } },
      { policies: { [POLICY]: false } },
    ],
    [['deny-group'], { exists: true, groups: { ForceMFA: true } }, { groups: { ForceMFA: false } }],
    [['boundary'], { exists: true, boundary: BOUNDARY }, { boundary: null }],
    // No reading of the user shows it, but for the user.
    [['inline-policy'], { exists: true }, {}],
    [
      ['managed-policy', 'deny-group', 'boundary', 'inline-policy'],
      {
        exists: true,
        policies: { [POLICY]: true },
        groups: { ForceMFA: true },
        boundary: BOUNDARY,
      },
      { policies: { [POLICY]: false }, groups: { ForceMFA: false }, boundary: null },
    ],
  ])('every block method of a deed: %j', (methods, block, unblock) => {
    expect(expectationsOf([], deed({ methods }), settings)).toEqual([block]);
    expect(expectationsOf([], deed({ methods, action: 'unblock' }), settings)).toEqual([unblock]);
  });
});

describe('a block reservation may be there', () => {
  const lower = (...methods: BlockMethod[]) => deed({ methods });
  const read = (groups?: string[]) => ({
    attachments: { methods: [], policies: [], ...(groups ? { groups } : {}) },
  });

  it.each<[string, Partial<Deeds>, Parameters<typeof mayBeReserved>[1], boolean]>([
    ['after a block a moment ago', { told: [deed()] }, read(), true],
    ['after a block of a user who is gone', { told: [deed()] }, null, true],
    ['for as long as reservations count', { told: [deed({ at: ago(254.999) })] }, read(), true],
    ['and no longer', { told: [deed({ at: ago(255) })] }, read(), false],
    ['not where nothing was done', {}, read(), false],
    ['not after an unblock', { told: [deed({ action: 'unblock' }), deed()] }, read(), false],
    ['not that one could know, after a death', { told: [deed({ sure: false })] }, read(), false],
    [
      'not that one could know, while one is at it',
      { begun: begun(), told: [deed()] },
      null,
      false,
    ],
    [
      'not that one could know, of what is untold',
      { untold: [blocked()], told: [deed()] },
      null,
      false,
    ],
    ['of a method that was read', { told: [lower('deny-group')] }, read(['x']), true],
    ['not of a method that was not read', { told: [lower('deny-group')] }, read(), false],
    [
      'not of several methods of which one was not read',
      { told: [lower('managed-policy', 'deny-group')] },
      read(),
      false,
    ],
    ['not where no method was read', { told: [deed()] }, {}, false],
  ])('%s', (_, change, facts, expected) => {
    expect(mayBeReserved(deeds(change), facts, NOW)).toBe(expected);
  });
});

describe('a refused user', () => {
  it.each([
    ['was not named', {}, false],
    ['was named', { refused: ago(1) }, true],
    ['was named, for as long as the user waits', { refused: ago(26 * 3600 - 1) }, true],
    ['is named anew after that', { refused: ago(26 * 3600) }, false],
  ])('%s', (_, change, expected) => {
    expect(isNamed(deeds(change), NOW)).toBe(expected);
  });
});

describe('an id that was not told yet', () => {
  it.each([
    ['is the deed’s own', [], 'a'],
    ['is the deed’s own beside others', ['b', 'a/2'], 'a'],
    ['has a number the second time', ['a'], 'a/2'],
    ['has the next number after that', ['a/3', 'a/2', 'a'], 'a/4'],
  ])('%s', (_, ids, id) => {
    expect(untoldId('a', deeds({ told: ids.map((one) => deed({ id: one })) }), [])).toBe(id);
  });

  it.each([
    [['a'], 'a'],
    [['b', 'a'], 'a'],
    [['a', 'b'], 'a/2'],
    [['a', 'a/2', 'b'], 'a/3'],
  ])(
    'is that of the last one left untold, which was broken off, and of none before it: %j',
    (ids, id) => {
      const untold = ids.map((one) => blocked({ id: one }));
      expect(untoldId('a', deeds({}), untold)).toBe(id);
    },
  );
});

describe('what was told', () => {
  const before = [blocked({ id: 'b1', at: ago(300) }), unblocked({ id: 'b2', at: ago(200) })];
  const own = unblocked({ id: 'own', methods: ['deny-group', 'boundary'] });
  const old = deed({ id: 'old' });

  it('is kept newest first, as done at the time that its outcome says', () => {
    expect(withTold(deeds({ told: [old], untold: before }), before, own, NOW)).toEqual({
      begun: null,
      untold: [],
      told: [
        {
          id: 'own',
          action: 'unblock',
          methods: ['deny-group', 'boundary'],
          at: NOW.toISOString(),
          sure: true,
        },
        { id: 'b2', action: 'unblock', methods: ['managed-policy'], at: ago(200), sure: false },
        { id: 'b1', action: 'block', methods: ['managed-policy'], at: ago(300), sure: false },
        old,
      ],
    });
  });

  it('is nothing new where nothing was done', () => {
    expect(withTold(deeds({ told: [old] }), [], null, NOW).told).toEqual([old]);
  });

  it('blocks a deed once that was left untold and then done', () => {
    const { told } = withTold(noDeeds, [blocked({ id: 'own' }), ...before], own, NOW);
    expect(told.map(({ id, sure }) => [id, sure])).toEqual([
      ['own', true],
      ['b2', false],
      ['b1', false],
    ]);
  });

  it('is forgotten after eight', () => {
    const many = Array.from({ length: 8 }, (_, index) => deed({ id: String(index) }));
    const { told } = withTold(deeds({ told: many }), [], own, NOW);
    expect(told.map(({ id }) => id)).toEqual(['own', '0', '1', '2', '3', '4', '5', '6']);
  });

  const doubtful = begun({ failed: true, at: ago(119.999) });

  it.each([
    ['stays where IAM may yet show that it was done', doubtful, [], null, true],
    ['is over where IAM has settled', { ...doubtful, at: ago(120) }, [], null, false],
    ['stays though no error was seen, as after a death', begun(), [], null, true],
    ['is over where another was done since', doubtful, [], own, false],
    ['is over where it was told', doubtful, [doubtful.outcome], null, false],
    ['stays where only others were told', doubtful, before, null, true],
    ['was none', null, [], null, false],
  ])('what was begun %s', (_, started, left, done, stays) => {
    const after = withTold(deeds({ begun: started }), left, done, NOW);
    expect(after.begun).toBe(stays ? started : null);
  });
});
