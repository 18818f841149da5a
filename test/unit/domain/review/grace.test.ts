import { describe, expect, it } from 'vitest';
import type { UserChange } from '../../../../events/message.ts';
import type { GraceStep } from '../../../../events/outcome.ts';
import { nothingLogged } from '../../../../functions/domain/review/action-log.ts';
import {
  type AccountGrace,
  type GraceEnd,
  graceAt,
  graceEnd,
  graceOf,
  graceRequest,
  isEarlierUser,
  secondsUntilStep,
  type UserGrace,
  withGrace,
  withUnknownGrace,
} from '../../../../functions/domain/review/grace.ts';
import type { Decision } from '../../../../functions/domain/rules/decide.ts';
import { blocked, unblocked } from '../../../fakes/outcomes.ts';
import { ACCOUNT, POLICY, settingsWith } from '../../../fakes/settings.ts';

// 72 hours from noon on March 1st.
const HOURS = 72;
const NOON = '2026-03-01T12:00:00.000Z';
const at = (hours: number, from = NOON) => new Date(Date.parse(from) + hours * 3_600_000);
const iso = (hours: number) => at(hours).toISOString();
const settings = settingsWith({ graceHours: HOURS });

const running = (since: number, due: GraceStep | null, next: number) => ({
  kind: 'running',
  since: at(since),
  until: at(since + HOURS),
  due,
  next: at(next),
});
const none = (code: string) => ({ kind: 'none', reason: { code, text: expect.any(String) } });

interface Case {
  readonly name: string;
  readonly created: Date | undefined;
  readonly account: AccountGrace | null;
  readonly user?: UserGrace;
  readonly end?: GraceEnd;
  readonly now: number;
  readonly gives: object;
}

const before = at(-10_000);
const begun = { since: NOON };
const swept = { since: NOON, sweptAt: iso(14) };

const cases: readonly Case[] = [
  {
    name: 'the first user of the account: from now on',
    created: before,
    account: null,
    now: 0,
    gives: running(0, 'started', 36),
  },
  {
    name: 'an old user before the first sweep: from the account’s begin on',
    created: before,
    account: begun,
    now: 5,
    gives: running(0, 'started', 36),
  },
  {
    name: 'a user without a date of creation before the first sweep',
    created: undefined,
    account: begun,
    now: 5,
    gives: running(0, 'started', 36),
  },
  {
    name: 'an old user whom the first sweep has not recorded: none',
    created: before,
    account: swept,
    now: 15,
    gives: none('grace-not-new'),
  },
  {
    name: 'a user who was created as enforcement began: none after the first sweep',
    created: at(0),
    account: swept,
    now: 15,
    gives: none('grace-not-new'),
  },
  {
    name: 'a user who was created before the first sweep, and exempt then: from the creation on',
    created: at(1),
    account: swept,
    now: 15,
    gives: running(1, 'started', 37),
  },
  {
    name: 'a user without a date of creation after the first sweep: none',
    created: undefined,
    account: swept,
    now: 15,
    gives: none('grace-not-new'),
  },
  {
    name: 'an old user whom the first sweep has recorded',
    created: before,
    account: swept,
    user: { since: iso(0), until: iso(72), reminded: ['started'] },
    now: 15,
    gives: running(0, null, 36),
  },
  {
    name: 'a new user: from the creation on',
    created: at(20),
    account: swept,
    now: 30,
    gives: running(20, 'started', 56),
  },
  {
    name: 'a new user whose creation is in the future by IAM’s clock: from the creation on, too',
    created: at(20.001),
    account: swept,
    now: 20,
    gives: running(20.001, 'started', 56.001),
  },
  {
    name: 'the first new user of an account where nobody had time',
    created: at(20),
    account: null,
    now: 20.5,
    gives: running(20.5, 'started', 56.5),
  },
  {
    name: 'a new user seen first when the time is over: none',
    created: at(20),
    account: swept,
    now: 92,
    gives: none('grace-over'),
  },
  {
    name: 'a record of an earlier time wins over the creation',
    created: at(20),
    account: swept,
    user: { since: iso(19), until: iso(91), reminded: ['started'] },
    now: 90.5,
    gives: running(19, 'last', 91),
  },
  {
    name: 'a record of a later time does not: the enforcer did not write it',
    created: at(20),
    account: swept,
    user: { since: iso(60), reminded: ['started'] },
    now: 92,
    gives: none('grace-over'),
  },
  {
    name: 'a user who was created during the first sweep, before it found anyone to block',
    created: at(15),
    account: { since: iso(16), sweptAt: iso(14) },
    now: 17,
    gives: running(16, 'started', 52),
  },
  {
    name: 'a user who was created as the first sweep began, before it found anyone to block: none',
    created: at(14),
    account: { since: iso(16), sweptAt: iso(14) },
    now: 17,
    gives: none('grace-not-new'),
  },
  {
    name: 'a user who had a device, as this review knows: none',
    created: at(20),
    account: swept,
    end: 'had-mfa',
    now: 21,
    gives: none('grace-had-mfa'),
  },
  {
    name: 'a user who was blocked, as this review knows: none',
    created: at(20),
    account: swept,
    user: { since: iso(20), reminded: [] },
    end: 'was-blocked',
    now: 21,
    gives: none('grace-was-blocked'),
  },
  {
    name: 'a user whose time was ended: none, for the recorded reason',
    created: at(20),
    account: swept,
    user: { since: iso(20), reminded: [], ended: 'had-mfa' },
    end: 'was-blocked',
    now: 21,
    gives: none('grace-had-mfa'),
  },
];

describe('the grace period of', () => {
  it.each(cases)('$name', ({ created, account, user = null, end = null, now, gives }) => {
    expect(graceOf({ createdAt: created }, { account, user }, settings, end, at(now))).toEqual(
      gives,
    );
  });
});

describe('the steps of a grace period', () => {
  const user = (reminded: GraceStep[], hours = HOURS): UserGrace => ({
    since: NOON,
    until: iso(hours),
    reminded,
  });
  it.each<[string, GraceStep[], number, number, object]>([
    ['the begin', [], 72, 0, running(0, 'started', 36)],
    ['the begin by a clock that is behind', [], 72, -0.001, running(0, 'started', 36)],
    ['nothing before half time', ['started'], 72, 35.9, running(0, null, 36)],
    ['half time', ['started'], 72, 36, running(0, 'half-time', 70)],
    ['nothing after the reminder', ['started', 'half-time'], 72, 50, running(0, null, 70)],
    ['two hours before the end', ['started', 'half-time'], 72, 70, running(0, 'last', 72)],
    ['only the latest of those that were missed', ['started'], 72, 71, running(0, 'last', 72)],
    ['the wait for the end', ['last'], 72, 71.9, running(0, null, 72)],
    ['the end', ['last'], 72, 72, none('grace-over')],
    [
      'a longer time',
      ['started', 'half-time', 'last'],
      100,
      73,
      { ...running(0, null, 98), until: at(100) },
    ],
    ['a shorter time', ['started'], 24, 24, none('grace-over')],
    [
      'one reminder of four hours',
      ['started', 'last'],
      4,
      2.5,
      { ...running(0, null, 4), until: at(4) },
    ],
    [
      'a last reminder after half time',
      ['started'],
      5,
      1,
      { ...running(0, null, 2.5), until: at(5) },
    ],
    [
      'the last reminder of five hours',
      ['started', 'half-time'],
      5,
      2.6,
      { ...running(0, null, 3), until: at(5) },
    ],
    ['one reminder of two hours', ['started'], 2, 0.5, { ...running(0, null, 1), until: at(2) }],
    ['no time', [], 0, 0, none('grace-over')],
  ])('%s', (_name, reminded, hours, now, gives) => {
    expect(graceAt(user(reminded, hours), hours, at(now))).toEqual(gives);
  });

  it('come again with another hour where GraceHours has changed since', () => {
    const reminded = user(['started', 'half-time'], 48);
    expect(graceAt(reminded, 72, at(47))).toEqual(running(0, 'half-time', 70));
    expect(graceAt(reminded, 48, at(45.9))).toEqual({ ...running(0, null, 46), until: at(48) });
  });

  it('end with a reason', () => {
    const ended: UserGrace = { since: NOON, reminded: [], ended: 'was-blocked' };
    expect(graceAt(ended, 72, at(1))).toEqual({
      kind: 'none',
      reason: { code: 'grace-was-blocked', text: 'no time to enrol: the user was blocked before' },
    });
    expect(graceAt(user([]), 72, at(80))).toEqual({
      kind: 'none',
      reason: { code: 'grace-over', text: 'the time to enrol is over' },
    });
  });
});

const change = (eventName: string, hours: number, more: Partial<UserChange> = {}): UserChange => ({
  account: ACCOUNT,
  user: 'dana',
  hint: false,
  expects: {},
  cause: {
    kind: 'event',
    eventId: `${eventName}-${hours}`,
    eventName,
    eventTime: iso(hours),
    actor: { type: 'IAMUser', name: 'admin' },
  },
  ...more,
});
const device = { devices: { phone: false } };
const detached = { policies: { [POLICY]: false } };
const logged = (action: 'block' | 'unblock', hours: number) => ({
  ...nothingLogged,
  published: [{ id: 'x', action, methods: [], at: iso(hours), certain: true }],
});
const pendingOf = (outcome: ReturnType<typeof blocked> | ReturnType<typeof unblocked>) => ({
  ...nothingLogged,
  pending: { outcome, at: outcome.at, failed: false },
});

describe('a review ends the grace period', () => {
  const createdAt = at(0);
  it.each<[string, readonly UserChange[], Parameters<typeof graceEnd>[1], GraceEnd | null]>([
    ['by no change', [], nothingLogged, null],
    ['not by the creation', [change('CreateUser', 0)], nothingLogged, null],
    [
      'by a deactivated device',
      [change('DeactivateMFADevice', 1, { expects: device })],
      nothingLogged,
      'had-mfa',
    ],
    [
      'by an event in the second of the creation',
      [change('DeactivateMFADevice', 0, { expects: device })],
      nothingLogged,
      'had-mfa',
    ],
    [
      'not by an earlier user’s device',
      [change('DeactivateMFADevice', -1, { expects: device })],
      nothingLogged,
      null,
    ],
    [
      'not by a device that only suggests the name',
      [change('DeleteVirtualMFADevice', 1, { hint: true, expects: device })],
      nothingLogged,
      null,
    ],
    [
      'by a removed block',
      [change('DetachUserPolicy', 1, { expects: detached })],
      nothingLogged,
      'was-blocked',
    ],
    [
      'not by another detached policy',
      [change('DetachUserPolicy', 1, { expects: { policies: { other: false } } })],
      nothingLogged,
      null,
    ],
    [
      'not by a sweep',
      [
        change('x', 1, {
          expects: device,
          cause: { kind: 'sweep', sweepId: 's', startedAt: iso(1) },
        }),
      ],
      nothingLogged,
      null,
    ],
    ['by a block in the action log', [], logged('block', 1), 'was-blocked'],
    ['by a block at the creation', [], logged('block', 0), 'was-blocked'],
    ['not by an unblock in the action log', [], logged('unblock', 1), null],
    ['not by a block of an earlier user', [], logged('block', -1), null],
    ['by a block that is pending', [], pendingOf(blocked({ at: iso(1) })), 'was-blocked'],
    ['not by an unblock that is pending', [], pendingOf(unblocked({ at: iso(1) })), null],
    [
      'by a block that is not published',
      [],
      { ...nothingLogged, unpublished: [blocked({ at: iso(1) })] },
      'was-blocked',
    ],
    [
      'by the device first',
      [change('DeactivateMFADevice', 1, { expects: device })],
      logged('block', 1),
      'had-mfa',
    ],
  ])('%s', (_name, changes, actions, end) => {
    expect(graceEnd(changes, actions, { createdAt }, settings)).toBe(end);
  });

  it('by any block of a user without a date of creation', () => {
    expect(graceEnd([], logged('block', -9), {}, settings)).toBe('was-blocked');
  });
});

describe('a reading of an earlier user of the name', () => {
  const created = [change('CreateUser', 10)];
  const seconds = (count: number) => new Date(at(10).getTime() + count * 1000);
  it.each<[string, readonly UserChange[], Date | undefined, Date, boolean]>([
    ['is one from before a fresh creation', created, seconds(-2), seconds(5), true],
    ['is not one from a second before', created, seconds(-1), seconds(5), false],
    ['is not one from the creation', created, seconds(0), seconds(5), false],
    ['is not one after an older event', created, seconds(-2), seconds(121), false],
    ['is not one after another event', [change('TagUser', 10)], seconds(-2), seconds(5), false],
    ['is not one without a date', created, undefined, seconds(5), false],
    ['is not one without an event', [], seconds(-2), seconds(5), false],
  ])('%s', (_name, changes, createdAt, now, isOne) => {
    expect(isEarlierUser(changes, { createdAt }, now)).toBe(isOne);
  });
});

describe('the decision on a user with a grace period', () => {
  const reason = { code: 'no-mfa', text: 'no MFA device' };
  const decision: Decision = {
    kind: 'decision',
    action: 'block',
    status: 'unprotected',
    blocked: false,
    reasons: [reason],
  };
  const grace = graceOf(
    { createdAt: at(0) },
    { account: begun, user: null },
    settings,
    null,
    at(0),
  );

  it('is to do nothing, and says until when', () => {
    expect(withGrace(decision, grace, settings)).toEqual({
      ...decision,
      action: 'none',
      reasons: [reason, { code: 'grace', text: 'has time to enrol until 2026-03-04 12:00 UTC' }],
    });
  });

  it('is to block without time, and says why', () => {
    const over = { kind: 'none', reason: { code: 'grace-over', text: 'over' } } as const;
    expect(withGrace(decision, over, settings)).toEqual({
      ...decision,
      reasons: [reason, over.reason],
    });
  });

  it('stays where the time could not be read, and says why', () => {
    expect(withUnknownGrace(decision, { code: 'denied', text: 'access denied' })).toEqual({
      ...decision,
      reasons: [
        reason,
        {
          code: 'grace-not-known',
          text: 'may have time to enrol, which is not known: access denied',
        },
      ],
    });
  });

  it('is what would be in observe mode, which gives no time', () => {
    expect(withGrace(decision, grace, { ...settings, mode: 'observe' })).toEqual({
      ...decision,
      reasons: [reason, { code: 'grace-first', text: 'has 72 hours to enrol first' }],
    });
  });
});

describe('the message that waits in a grace period', () => {
  it('names the user’s ID', () => {
    const cause = { kind: 'sweep', sweepId: 's', startedAt: NOON } as const;
    expect(JSON.parse(graceRequest(ACCOUNT, 'dana', cause, 'AIDA1'))).toEqual({
      schema: 'mfa-enforcer/review-request/1',
      account: ACCOUNT,
      user: 'dana',
      cause,
      otherMethods: true,
      graceUserId: 'AIDA1',
    });
  });

  it.each([
    ['14 minutes at most, to a full minute', 36, 0, 840],
    ['until the step', 0.1, 0, 360],
    ['until the next full minute', 0.1, 0.001, 360 - 3.6],
    ['a second at least, to a full minute', 0, 0.5, 60],
  ])('waits %s', (_name, next, now, seconds) => {
    expect(secondsUntilStep(at(next), at(now))).toBe(Math.ceil(seconds));
  });
});
