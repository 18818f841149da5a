import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../../events/outcome.ts';
import { dedupKey } from '../../../../functions/domain/notify/dedup.ts';
import {
  isCoveredElsewhere,
  type LastNotification,
  resolvedBy,
  shouldNotify,
} from '../../../../functions/domain/notify/should-notify.ts';
import {
  blocked,
  breakerOpen,
  bySweep,
  couldNot,
  exemptionSeen,
  organizationSwept,
  orphanDevice,
  policyChanged,
  suspicious,
  sweepFinished,
  tamperingSeen,
  unblocked,
  unreachable,
} from '../../../fakes/outcomes.ts';
import { ACCOUNT, START } from '../../../fakes/settings.ts';

const cause = bySweep();
const HOUR = 60 * 60 * 1000;
const hoursOn = (hours: number) => new Date(START + hours * HOUR);
const exempted = exemptionSeen({ cause });
const byEvent = blocked().cause;
const failed = { part: 'deny-group', why: 'ServiceFailure: Internal error' } as const;

describe('the dedup key of an outcome', () => {
  it.each<[string, Outcome, string | null]>([
    ['the organization', organizationSwept(), 'organization-swept/o-a1b2c3d4e5'],
    ['the account’s state', sweepFinished(), `sweep-finished/${ACCOUNT}`],
    ['the account’s breaker', breakerOpen(), `breaker-open/${ACCOUNT}`],
    ['the account, as a sweep saw it', unreachable(), `account-unreachable/${ACCOUNT}`],
    [
      'the account, as an event saw it',
      unreachable({ cause: byEvent }),
      `account-unreachable/${ACCOUNT}`,
    ],
    ['the user', couldNot({ cause }), `could-not-enforce/${ACCOUNT}/dana`],
    [
      'the policy',
      policyChanged({ cause, state: 'changed' }),
      `policy-changed/arn:aws:iam::${ACCOUNT}:policy/ForceMFA`,
    ],
    ['the enforcer itself', tamperingSeen({ cause }), `tampering-seen/${ACCOUNT}`],
    ['nothing but itself: a policy put back', policyChanged({ cause, state: 'restored' }), null],
    ['nothing but itself: a block', blocked({ cause }), null],
    ['nothing but itself: an unblock', unblocked({ cause }), null],
    ['nothing but itself: an exemption', exempted, null],
    ['nothing but itself: a device by another identity', suspicious({ cause }), null],
    [
      'the orphan device',
      orphanDevice({ cause }),
      `orphan-device/${ACCOUNT}/arn:aws:iam::${ACCOUNT}:mfa/dana`,
    ],
    [
      'nothing but itself: an orphan device that was deleted',
      orphanDevice({ cause, result: 'deleted' }),
      null,
    ],
    ['nothing but itself: a device whose name is taken', orphanDevice(), null],
    ['nothing but itself: what an event could not', couldNot(), null],
    [
      'nothing but itself: a change that an event reported',
      policyChanged({ state: 'changed' }),
      null,
    ],
    ['nothing but itself: tampering that an event reported', tamperingSeen(), null],
  ])('is %s', (_, outcome, key) => {
    expect(dedupKey(outcome)).toBe(key);
  });
});

describe('the key that resolves an earlier outcome', () => {
  it.each<[Outcome, string | null]>([
    [unreachable(), `sweep-finished/${ACCOUNT}`],
    [sweepFinished(), null],
    [couldNot({ cause }), null],
  ])('of $kind', (outcome, key) => {
    expect(resolvedBy(outcome)).toBe(key);
  });
});

describe('an outcome that another covers', () => {
  it.each<[string, Outcome, boolean]>([
    ['a sweep of an organization’s account', sweepFinished({ rolledUp: true }), true],
    ['a sweep of its own', sweepFinished(), false],
    ['an account that a sweep could not reach', unreachable(), true],
    ['an account that an event could not reach', unreachable({ cause: byEvent }), false],
    ['a failed block or unblock of a sweep', couldNot({ cause }), false],
    ['a block', blocked(), false],
  ])('%s: %s', (_, outcome, elsewhere) => {
    expect(isCoveredElsewhere(outcome)).toBe(elsewhere);
    // With any history: it never needs a message of its own.
    expect(shouldNotify(outcome, null, null, hoursOn(0))).toBe(!elsewhere);
  });
});

/** The history of an outcome that was sent and seen once. */
const last = (outcome: Outcome, change: Partial<LastNotification> = {}): LastNotification => ({
  sent: outcome,
  sentAt: hoursOn(0).toISOString(),
  seen: outcome,
  seenAt: hoursOn(0).toISOString(),
  ...change,
});
const again = (was: Outcome, is: Outcome, hours = 24) =>
  shouldNotify(is, last(was), null, hoursOn(hours));

describe('a finding that a sweep repeats the next night', () => {
  const nextNight = { startedAt: hoursOn(24).toISOString(), sweepId: 'sweep-2', id: 'other' };
  const finished = (change: Partial<ReturnType<typeof sweepFinished>> = {}) =>
    sweepFinished({ ...nextNight, ...change });
  const swept = (change: Partial<ReturnType<typeof organizationSwept>> = {}) =>
    organizationSwept({ ...nextNight, ...change });
  const { totals, differing } = sweepFinished();
  const { withFindings } = organizationSwept();
  const [finding] = withFindings;
  if (finding === undefined) throw new Error('nothing found');
  const named = { account: ACCOUNT, accountName: 'Acme', alias: null };
  const lost = { ...named, why: { code: 'late', text: 'its sweep has not finished' } };
  const silent = {
    ...named,
    state: 'unproven' as const,
    since: new Date(START).toISOString(),
    sweeps: 1,
    reasons: [],
  };
  const could = (change: Partial<ReturnType<typeof couldNot>> = {}) =>
    couldNot({ cause: bySweep('sweep-2', START + 24 * HOUR), id: 'other', ...change });

  it.each<[string, Outcome, Outcome]>([
    [
      'an orphan device',
      orphanDevice({ cause }),
      orphanDevice({ cause, id: 'other', reasons: [] }),
    ],
    ['an account', sweepFinished(), finished()],
    [
      'an account with as many of other sorts',
      sweepFinished(),
      finished({ totals: { ...totals, users: 9, protected: 5, outOfScope: 1 } }),
    ],
    [
      'an account with other reasons',
      sweepFinished(),
      finished({ differing: differing.map((one) => ({ ...one, reasons: [] })) }),
    ],
    [
      'an open breaker',
      breakerOpen(),
      breakerOpen({ id: 'other', why: 'other words', counted: 11, assumed: 0 }),
    ],
    ['what it could not do', couldNot({ cause }), could()],
    [
      'a changed policy',
      policyChanged({ cause }),
      policyChanged({ cause, id: 'other', form: 'boundary' }),
    ],
    [
      'a tampered enforcer',
      tamperingSeen({ cause }),
      tamperingSeen({ cause, id: 'other', resource: null }),
    ],
    [
      'an account out of reach',
      unreachable({ cause: byEvent }),
      unreachable({
        cause: byEvent,
        id: 'other',
        why: { ...unreachable().why, text: 'other words' },
      }),
    ],
    ['an organization', organizationSwept(), swept()],
    [
      'an organization, of other names and words',
      organizationSwept({ unswept: [lost], unprovenPaths: [silent] }),
      swept({
        unprovenPaths: [{ ...silent, alias: 'new', sweeps: 2 }],
        unswept: [{ ...lost, accountName: 'New', why: { ...lost.why, text: 'other words' } }],
        withFindings: [
          { ...finding, alias: 'new', differences: 2, totals: { ...finding.totals, users: 99 } },
        ],
        totals: { ...organizationSwept().totals, users: 99, protected: 96, outOfScope: 1 },
      }),
    ],
    [
      'a part that could not be done, for another reason',
      sweepFinished({ failedParts: [failed] }),
      finished({ failedParts: [{ ...failed, why: 'other words' }] }),
    ],
  ])('needs no message: %s', (_, was, is) => {
    expect(again(was, is)).toBe(false);
  });

  const ending = { user: 'bot', until: '2026-03-09' };

  it.each<[string, Outcome, Outcome]>([
    ['another mode', sweepFinished(), finished({ mode: 'observe' })],
    ['another count', sweepFinished(), finished({ differences: 2 })],
    [
      'another total of the blocked',
      sweepFinished(),
      finished({ totals: { ...totals, blocked: 2 } }),
    ],
    [
      'another total of the unprotected',
      sweepFinished(),
      finished({ totals: { ...totals, unprotected: 2 } }),
    ],
    [
      'another total of the exempt',
      sweepFinished(),
      finished({ totals: { ...totals, exempt: 2 } }),
    ],
    [
      'another user who differs',
      sweepFinished(),
      finished({ differing: differing.map((one) => ({ ...one, user: 'erin' })) }),
    ],
    [
      'a user who differs the other way',
      sweepFinished(),
      finished({ differing: differing.map((one) => ({ ...one, action: 'unblock' })) }),
    ],
    ['another user blocked', sweepFinished(), finished({ blockedUsers: ['gina'] })],
    ['a break-glass user', sweepFinished(), finished({ breakGlassWithoutMfa: ['fire'] })],
    ['an exemption that ends', sweepFinished(), finished({ endingExemptions: [ending] })],
    [
      'another exemption that ends',
      sweepFinished({ endingExemptions: [ending] }),
      finished({ endingExemptions: [{ ...ending, user: 'other' }] }),
    ],
    [
      'an exemption that ends on another day',
      sweepFinished({ endingExemptions: [ending] }),
      finished({ endingExemptions: [{ ...ending, until: '2026-03-10' }] }),
    ],
    ['a part that could not be done', sweepFinished(), finished({ failedParts: [failed] })],
    [
      'another part that could not be done',
      sweepFinished({ failedParts: [failed] }),
      finished({ failedParts: [{ ...failed, part: 'policies' }] }),
    ],
    [
      'a part that could not be done in another account',
      organizationSwept({ failedParts: [{ ...named, ...failed }] }),
      swept({ failedParts: [{ ...named, ...failed, account: '222233334444' }] }),
    ],
    ['the breaker in another mode', breakerOpen(), breakerOpen({ mode: 'observe' })],
    ['more users beyond the limit', breakerOpen(), breakerOpen({ total: 3 })],
    ['other users beyond the limit', breakerOpen(), breakerOpen({ users: ['dana', 'gina'] })],
    ['another limit', breakerOpen(), breakerOpen({ limit: 11 })],
    ['another error', couldNot({ cause }), could({ why: { code: 'AccessDenied', text: '' } })],
    ['other reasons', couldNot({ cause }), could({ reasons: [] })],
    ['another state', policyChanged({ cause }), policyChanged({ cause, state: 'changed' })],
    ['another version', policyChanged({ cause }), policyChanged({ cause, versionId: 'v2' })],
    [
      'another tampering',
      tamperingSeen({ cause }),
      tamperingSeen({ cause, what: 'stopped a trail' }),
    ],
    [
      'another obstacle',
      unreachable({ cause: byEvent }),
      unreachable({ cause: byEvent, why: { code: 'other', text: unreachable().why.text } }),
    ],
    ['the organization in another mode', organizationSwept(), swept({ mode: 'observe' })],
    [
      'another count of accounts',
      organizationSwept(),
      swept({ accounts: { ...organizationSwept().accounts, inactive: 1 } }),
    ],
    ['another count of the organization’s', organizationSwept(), swept({ differences: 2 })],
    [
      'another total of the organization’s blocked',
      organizationSwept(),
      swept({ totals: { ...organizationSwept().totals, blocked: 2 } }),
    ],
    [
      'another total of the organization’s unprotected',
      organizationSwept(),
      swept({ totals: { ...organizationSwept().totals, unprotected: 2 } }),
    ],
    [
      'another total of the organization’s exempt',
      organizationSwept(),
      swept({ totals: { ...organizationSwept().totals, exempt: 2 } }),
    ],
    ['an account that was not swept', organizationSwept(), swept({ unswept: [lost] })],
    [
      'another account that was not swept',
      organizationSwept({ unswept: [lost] }),
      swept({ unswept: [{ ...lost, account: '222233334444' }] }),
    ],
    [
      'an account that was not swept for another reason',
      organizationSwept({ unswept: [lost] }),
      swept({ unswept: [{ ...lost, why: { code: 'AccessDenied', text: '' } }] }),
    ],
    ['no account with findings', organizationSwept(), swept({ withFindings: [] })],
    [
      'an account whose events do not arrive',
      organizationSwept({ unprovenPaths: [] }),
      swept({ unprovenPaths: [silent] }),
    ],
    [
      'another account whose events do not arrive',
      organizationSwept({ unprovenPaths: [silent] }),
      swept({ unprovenPaths: [{ ...silent, account: '222233334444' }] }),
    ],
    [
      'a silent account that could not be probed now',
      organizationSwept({ unprovenPaths: [silent] }),
      swept({ unprovenPaths: [{ ...silent, state: 'not-probed' }] }),
    ],
    [
      'another account with findings',
      organizationSwept(),
      swept({ withFindings: [{ ...finding, account: '222233334444' }] }),
    ],
    [
      'findings in another mode',
      organizationSwept(),
      swept({ withFindings: [{ ...finding, mode: 'observe' }] }),
    ],
    [
      'another account’s blocked',
      organizationSwept(),
      swept({ withFindings: [{ ...finding, totals: { ...finding.totals, blocked: 2 } }] }),
    ],
    [
      'another account’s unprotected',
      organizationSwept(),
      swept({ withFindings: [{ ...finding, totals: { ...finding.totals, unprotected: 2 } }] }),
    ],
    [
      'a break-glass user of another account',
      organizationSwept({ breakGlassWithoutMfa: [{ ...named, user: 'fire' }] }),
      swept({ breakGlassWithoutMfa: [{ ...named, account: '222233334444', user: 'fire' }] }),
    ],
    [
      'another break-glass user',
      organizationSwept({ breakGlassWithoutMfa: [{ ...named, user: 'fire' }] }),
      swept({ breakGlassWithoutMfa: [{ ...named, user: 'flood' }] }),
    ],
    [
      'another end of an exemption',
      organizationSwept({ endingExemptions: [{ ...named, ...ending }] }),
      swept({ endingExemptions: [{ ...named, ...ending, until: '2026-03-10' }] }),
    ],
    [
      'the end of another user’s exemption',
      organizationSwept({ endingExemptions: [{ ...named, ...ending }] }),
      swept({ endingExemptions: [{ ...named, ...ending, user: 'other' }] }),
    ],
    [
      'the end of another account’s exemption',
      organizationSwept({ endingExemptions: [{ ...named, ...ending }] }),
      swept({ endingExemptions: [{ ...named, ...ending, account: '222233334444' }] }),
    ],
  ])('needs a message: %s', (_, was, is) => {
    expect(again(was, is)).toBe(true);
  });

  it('does not need a message: another address of a user whose exemption ends', () => {
    const was = sweepFinished({ endingExemptions: [{ ...ending, email: 'a@example.com' }] });
    const is = finished({ endingExemptions: [{ ...ending, email: 'b@example.com' }] });
    expect(again(was, is)).toBe(false);
  });

  it.each([
    ['a week less a moment later', 7 * 24 - 0.001, false],
    ['a week later, as a reminder', 7 * 24, true],
  ])('is sent %s: %s', (_, hours, sent) => {
    const seen = { seenAt: hoursOn(hours - 24).toISOString() };
    expect(shouldNotify(finished(), last(sweepFinished(), seen), null, hoursOn(hours))).toBe(sent);
  });

  it.each([
    ['not found for less than a night and a half', 35.999, false],
    ['not found for a night and a half: it was over', 36, true],
  ])('is sent if it was %s', (_, hours, sent) => {
    expect(again(couldNot({ cause }), could(), hours)).toBe(sent);
  });

  it('is compared with the last one seen, sent or not', () => {
    const seen = { seen: couldNot({ cause, reasons: [] }) };
    expect(shouldNotify(could(), last(couldNot({ cause }), seen), null, hoursOn(24))).toBe(true);
    expect(
      shouldNotify(could({ reasons: [] }), last(couldNot({ cause }), seen), null, hoursOn(24)),
    ).toBe(false);
  });

  it.each(['user-blocked', 'user-unblocked', 'exemption-seen', 'enrolment-suspicious'] as const)(
    'is new by its id: %s',
    (kind) => {
      const of = (id: string) =>
        ({ ...exempted, ...unblocked(), ...blocked(), id, kind }) as Outcome;
      expect(again(of('a'), of('b'))).toBe(true);
      expect(again(of('a'), of('a'))).toBe(false);
    },
  );

  it.each<[string, Outcome, Outcome]>([
    [
      'an account',
      sweepFinished({ startedAt: hoursOn(1).toISOString() }),
      sweepFinished({ differences: 5 }),
    ],
    [
      'an organization',
      organizationSwept({ startedAt: hoursOn(1).toISOString() }),
      organizationSwept({ differences: 5 }),
    ],
  ])('of an older sweep needs no message, however late it comes: %s', (_, was, is) => {
    expect(again(was, is, 24 * 30)).toBe(false);
  });

  it('of the same sweep needs a message if it contains more', () => {
    expect(again(sweepFinished(), sweepFinished({ differences: 5 }))).toBe(true);
  });
});

describe('a night with nothing to put right', () => {
  const clean = (change: Partial<ReturnType<typeof sweepFinished>> = {}) =>
    sweepFinished({ differences: 0, differing: [], ...change });
  const cleanAll = (change: Partial<ReturnType<typeof organizationSwept>> = {}) =>
    organizationSwept({ differences: 0, withFindings: [], ...change });
  const named = { account: ACCOUNT, accountName: 'Acme', alias: null };
  const elsewhere = { ...named, account: '222233334444' };
  const fire = ['fire'];
  const ending = { user: 'bot', until: '2026-03-08' };
  const nextDay = { startedAt: hoursOn(12).toISOString() };
  const nextHour = { startedAt: hoursOn(11.999).toISOString() };
  const { accounts } = organizationSwept();

  it.each<[string, Outcome, Outcome, boolean]>([
    ['what was to be put right has been', sweepFinished(), clean(), false],
    ['other people are blocked', clean(), clean({ blockedUsers: [] }), false],
    ['a break-glass user is new', clean(), clean({ breakGlassWithoutMfa: fire }), true],
    [
      'a break-glass user was known',
      clean({ breakGlassWithoutMfa: fire }),
      clean({ breakGlassWithoutMfa: fire, blockedUsers: [] }),
      false,
    ],
    [
      'one break-glass user of two is new',
      clean({ breakGlassWithoutMfa: fire }),
      clean({ breakGlassWithoutMfa: ['fire', 'flood'] }),
      true,
    ],
    [
      'a break-glass user was known, as of what was not clean',
      sweepFinished({ breakGlassWithoutMfa: fire }),
      clean({ breakGlassWithoutMfa: fire }),
      false,
    ],
    ['an exemption ends', clean(), clean({ endingExemptions: [ending] }), true],
    [
      'an exemption ends, as was sent the same day',
      clean({ endingExemptions: [ending] }),
      clean({ endingExemptions: [ending], ...nextHour }),
      false,
    ],
    [
      'an exemption ends, as was sent another day',
      clean({ endingExemptions: [ending] }),
      clean({ endingExemptions: [ending], ...nextDay }),
      true,
    ],
    [
      'an exemption has another end',
      clean({ endingExemptions: [ending] }),
      clean({ endingExemptions: [{ ...ending, until: '2026-03-02' }] }),
      true,
    ],
    [
      'an exemption is another user’s',
      clean({ endingExemptions: [ending] }),
      clean({ endingExemptions: [{ ...ending, user: 'other' }] }),
      true,
    ],
    [
      'a user’s exemption ends who is a break-glass user',
      clean({ breakGlassWithoutMfa: ['bot'] }),
      clean({ breakGlassWithoutMfa: ['bot'], endingExemptions: [ending] }),
      true,
    ],
    ['an organization is put right', organizationSwept(), cleanAll(), false],
    [
      'an organization’s break-glass user was known',
      cleanAll({ breakGlassWithoutMfa: [{ ...named, user: 'fire' }] }),
      cleanAll({ breakGlassWithoutMfa: [{ ...named, accountName: 'New', user: 'fire' }] }),
      false,
    ],
    [
      'another account’s break-glass user is new',
      cleanAll({ breakGlassWithoutMfa: [{ ...named, user: 'fire' }] }),
      cleanAll({ breakGlassWithoutMfa: [{ ...elsewhere, user: 'fire' }] }),
      true,
    ],
    [
      'another account’s exemption ends',
      cleanAll({ endingExemptions: [{ ...named, ...ending }] }),
      cleanAll({ endingExemptions: [{ ...elsewhere, ...ending }] }),
      true,
    ],
    [
      'an organization is not all swept',
      cleanAll(),
      cleanAll({ accounts: { ...accounts, unswept: 1, swept: 0 } }),
      true,
    ],
    ['a part could not be done', clean(), clean({ failedParts: [failed] }), true],
    [
      'a part of an organization could not be done',
      cleanAll(),
      cleanAll({ failedParts: [{ ...named, ...failed }] }),
      true,
    ],
    ['an organization differs', cleanAll(), cleanAll({ differences: 1 }), true],
  ])('in which %s: %s', (_, was, is, news) => {
    expect(again(was, is)).toBe(news);
  });

  it('is sent once a week, and not as a problem that returned', () => {
    expect(again(clean(), clean(nextDay), 100)).toBe(false);
    expect(again(clean(), clean(nextDay), 168)).toBe(true);
  });

  it('comes after something else was remembered under its key', () => {
    expect(again(couldNot({ cause }), clean())).toBe(false);
    expect(again(couldNot({ cause }), clean({ breakGlassWithoutMfa: fire }))).toBe(true);
  });
});

describe('an account that an event cannot reach', () => {
  const at = (hours: number) => hoursOn(hours).toISOString();
  const gone = (hours: number) => unreachable({ cause: byEvent, at: at(hours) });

  it.each([
    ['never', null, false],
    ['since it was seen', 5, true],
    ['before it was seen', 1, false],
    ['just when it was seen', 2, false],
    ['just now', 8, false],
    ['later', 9, false],
  ])('needs a message again if it was swept in between: %s', (_, sweptAt, news) => {
    const over = sweptAt === null ? null : sweepFinished({ at: at(sweptAt) });
    expect(shouldNotify(gone(8), last(gone(2)), over, hoursOn(8))).toBe(news);
  });
});
