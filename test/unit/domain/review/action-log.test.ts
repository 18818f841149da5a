import { describe, expect, it } from 'vitest';
import type { UserChange } from '../../../../events/message.ts';
import type { BlockMethod } from '../../../../events/outcome.ts';
import {
  expectationsOf,
  isLocked,
  isNamed,
  type LoggedAction,
  type LoggedActions,
  lastAction,
  mayBeReserved,
  nothingLogged,
  unpublishedActions,
  unusedId,
  withPublished,
} from '../../../../functions/domain/review/action-log.ts';
import type { Decision } from '../../../../functions/domain/rules/decide.ts';
import { blocked, unblocked } from '../../../fakes/outcomes.ts';
import { ACCOUNT, BOUNDARY, POLICY, settingsWith } from '../../../fakes/settings.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000).toISOString();
const action = (change: Partial<LoggedAction> = {}): LoggedAction => ({
  id: 'd',
  action: 'block',
  methods: ['managed-policy'],
  at: ago(10),
  certain: true,
  ...change,
});
const pending = (change: Partial<NonNullable<LoggedActions['pending']>> = {}) => ({
  outcome: blocked(),
  at: ago(10),
  failed: false,
  ...change,
});
const actions = (change: Partial<LoggedActions>): LoggedActions => ({
  ...nothingLogged,
  ...change,
});
const seen = (isBlocked: boolean): Decision => ({
  kind: 'decision',
  action: 'none',
  status: 'unprotected',
  blocked: isBlocked,
  reasons: [],
});

describe('a user is busy', () => {
  it.each([
    ['where nothing was begun', null, false],
    ['just after an action was begun', pending({ at: ago(0) }), true],
    ['for as long as its process may live', pending({ at: ago(74.999) }), true],
    ['no longer', pending({ at: ago(75) }), false],
    ['not after IAM answered with an error', pending({ failed: true }), false],
  ])('%s', (_, started, busy) => {
    expect(isLocked(actions({ pending: started }), NOW)).toBe(busy);
  });

  it('not before anything is remembered', () => {
    expect(isLocked(nothingLogged, NOW)).toBe(false);
  });
});

describe('the unpublished actions', () => {
  const before = blocked({ id: 'before' });
  const failed = { failed: true };
  const unblock = unblocked({ id: 'r' });

  it.each([
    ['none, without an entry', null, seen(true), []],
    [
      'an action of a dead process, whatever the reading shows',
      pending(),
      seen(false),
      ['user-blocked/1'],
    ],
    ['an action of the dead on a user who is gone', pending(), null, ['user-blocked/1']],
    ['a block that IAM refused and did', pending(failed), seen(true), ['user-blocked/1']],
    ['not a block that IAM refused and did not do', pending(failed), seen(false), []],
    ['what IAM may have done to a user who is gone', pending(failed), null, ['user-blocked/1']],
    ['an unblock of the dead that left nothing', pending({ outcome: unblock }), seen(false), ['r']],
    ['an unblock of the dead on a user who is gone', pending({ outcome: unblock }), null, ['r']],
    [
      'not an unblock of the dead that left a block method',
      pending({ outcome: unblock }),
      seen(true),
      [],
    ],
    [
      'an unblock that IAM refused and did',
      pending({ ...failed, outcome: unblock }),
      seen(false),
      ['r'],
    ],
    [
      'not an unblock that IAM refused and did not do',
      pending({ ...failed, outcome: unblock }),
      seen(true),
      [],
    ],
  ])('is %s', (_, started, decision, ids) => {
    const found = unpublishedActions(
      actions({ pending: started, unpublished: [before] }),
      decision,
    );
    expect(found.map(({ id }) => id)).toEqual(['before', ...ids]);
  });
});

describe('before anything was done', () => {
  it('has no pending, unpublished or published action', () => {
    expect(unpublishedActions(nothingLogged, seen(true))).toEqual([]);
    expect(withPublished(nothingLogged, [], null, NOW)).toEqual({
      pending: null,
      unpublished: [],
      published: [],
    });
  });
});

describe('the last action', () => {
  it.each([
    ['none, if none is published', [], null],
    ['none, where none is sure', [action({ certain: false })], null],
    [
      'the newest of those that are sure',
      [action({ id: 'a', certain: false }), action({ id: 'b' }), action({ id: 'c' })],
      'b',
    ],
  ])('is %s', (_, published, id) => {
    expect(lastAction(actions({ published }))?.id ?? null).toBe(id);
  });

  it('is none before anything was published', () => {
    expect(lastAction(nothingLogged)).toBeNull();
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
  const at = (seconds: number) => action({ at: ago(seconds) });

  it.each([
    ['nothing, of nothing', [], null, []],
    ['the changes, where nothing was done', [change(9, one), change(5, two)], null, [one, two]],
    ['what was done, where nothing changed', [], at(5), [done]],
    ['what was done, after the changes before it', [change(9, one)], at(5), [one, done]],
    ['what was done, before the changes after it', [change(5, one)], at(9), [done, one]],
    ['an action between the changes', [change(9, one), change(3, two)], at(5), [one, done, two]],
    // Event times have whole seconds: it may have been after it.
    ['a change of the same second later', [change(5, one)], at(4.001), [done, one]],
    ['a change of the second before earlier', [change(5, one)], at(4), [one, done]],
    ['the reading of a sweep as earlier', [bySweep], at(9), [{ exists: true }, done]],
    ['an action after the user was created', [change(9, one, 'CreateUser')], at(5), [one, done]],
    ['no action on a user who was deleted before', [change(3, one, 'CreateUser')], at(5), [one]],
    [
      'no action on an earlier user of the same name',
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
  ])('every block method of an action: %j', (methods, block, unblock) => {
    expect(expectationsOf([], action({ methods }), settings)).toEqual([block]);
    expect(expectationsOf([], action({ methods, action: 'unblock' }), settings)).toEqual([unblock]);
  });
});

describe('a block reservation may be there', () => {
  const lower = (...methods: BlockMethod[]) => action({ methods });
  const read = (groups?: string[]) => ({
    attachments: { methods: [], policies: [], ...(groups ? { groups } : {}) },
  });

  it.each<[string, Partial<LoggedActions>, Parameters<typeof mayBeReserved>[1], boolean]>([
    ['after a block a moment ago', { published: [action()] }, read(), true],
    ['after a block of a user who is gone', { published: [action()] }, null, true],
    [
      'for as long as reservations count',
      { published: [action({ at: ago(254.999) })] },
      read(),
      true,
    ],
    ['and no longer', { published: [action({ at: ago(255) })] }, read(), false],
    ['not where nothing was done', {}, read(), false],
    [
      'not after an unblock',
      { published: [action({ action: 'unblock' }), action()] },
      read(),
      false,
    ],
    [
      'not that one could know, after a death',
      { published: [action({ certain: false })] },
      read(),
      false,
    ],
    [
      'not that one could know, while one is at it',
      { pending: pending(), published: [action()] },
      null,
      false,
    ],
    [
      'not that one could know, of what is unpublished',
      { unpublished: [blocked()], published: [action()] },
      null,
      false,
    ],
    ['of a method that was read', { published: [lower('deny-group')] }, read(['x']), true],
    ['not of a method that was not read', { published: [lower('deny-group')] }, read(), false],
    [
      'not of several methods of which one was not read',
      { published: [lower('managed-policy', 'deny-group')] },
      read(),
      false,
    ],
    ['not where no method was read', { published: [action()] }, {}, false],
  ])('%s', (_, change, facts, expected) => {
    expect(mayBeReserved(actions(change), facts, NOW)).toBe(expected);
  });
});

describe('a refused user', () => {
  it.each([
    ['was not named', {}, false],
    ['was named', { refused: ago(1) }, true],
    ['was named, for as long as the user waits', { refused: ago(26 * 3600 - 1) }, true],
    ['is named anew after that', { refused: ago(26 * 3600) }, false],
  ])('%s', (_, change, expected) => {
    expect(isNamed(actions(change), NOW)).toBe(expected);
  });
});

describe('an id that was not published yet', () => {
  it.each([
    ['is the action’s own', [], 'a'],
    ['is the action’s own beside others', ['b', 'a/2'], 'a'],
    ['has a number the second time', ['a'], 'a/2'],
    ['has the next number after that', ['a/3', 'a/2', 'a'], 'a/4'],
  ])('%s', (_, ids, id) => {
    expect(unusedId('a', actions({ published: ids.map((one) => action({ id: one })) }), [])).toBe(
      id,
    );
  });

  it.each([
    [['a'], 'a'],
    [['b', 'a'], 'a'],
    [['a', 'b'], 'a/2'],
    [['a', 'a/2', 'b'], 'a/3'],
  ])(
    'is that of the last one left unpublished, which was broken off, and of none before it: %j',
    (ids, id) => {
      const unpublished = ids.map((one) => blocked({ id: one }));
      expect(unusedId('a', actions({}), unpublished)).toBe(id);
    },
  );
});

describe('published actions', () => {
  const before = [blocked({ id: 'b1', at: ago(300) }), unblocked({ id: 'b2', at: ago(200) })];
  const own = unblocked({ id: 'own', methods: ['deny-group', 'boundary'] });
  const old = action({ id: 'old' });

  it('is kept newest first, by the time of its outcome', () => {
    expect(
      withPublished(actions({ published: [old], unpublished: before }), before, own, NOW),
    ).toEqual({
      pending: null,
      unpublished: [],
      published: [
        {
          id: 'own',
          action: 'unblock',
          methods: ['deny-group', 'boundary'],
          at: NOW.toISOString(),
          certain: true,
        },
        { id: 'b2', action: 'unblock', methods: ['managed-policy'], at: ago(200), certain: false },
        { id: 'b1', action: 'block', methods: ['managed-policy'], at: ago(300), certain: false },
        old,
      ],
    });
  });

  it('is nothing new where nothing was done', () => {
    expect(withPublished(actions({ published: [old] }), [], null, NOW).published).toEqual([old]);
  });

  it('blocks an action once that was left unpublished and then done', () => {
    const { published } = withPublished(
      nothingLogged,
      [blocked({ id: 'own' }), ...before],
      own,
      NOW,
    );
    expect(published.map(({ id, certain }) => [id, certain])).toEqual([
      ['own', true],
      ['b2', false],
      ['b1', false],
    ]);
  });

  it('is forgotten after a hundred, so that a late event in a fight has an id of its own', () => {
    const many = Array.from({ length: 100 }, (_, index) => action({ id: String(index) }));
    const { published } = withPublished(actions({ published: many }), [], own, NOW);
    const ids = published.map(({ id }) => id);
    expect([ids.length, ids[0], ids.at(-1)]).toEqual([100, 'own', '98']);
  });

  const uncertain = pending({ failed: true, at: ago(119.999) });

  it.each([
    ['stays where IAM may yet show that it was done', uncertain, [], null, true],
    ['is over where IAM has settled', { ...uncertain, at: ago(120) }, [], null, false],
    ['stays though no error was seen, as after a death', pending(), [], null, true],
    ['is over where another was done since', uncertain, [], own, false],
    ['is over if it was published', uncertain, [uncertain.outcome], null, false],
    ['stays if only others were published', uncertain, before, null, true],
    ['was none', null, [], null, false],
  ])('what was begun %s', (_, started, left, done, stays) => {
    const after = withPublished(actions({ pending: started }), left, done, NOW);
    expect(after.pending).toBe(stays ? started : null);
  });
});
