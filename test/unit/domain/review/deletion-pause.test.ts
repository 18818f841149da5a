import { describe, expect, it } from 'vitest';
import type { Actor, Cause } from '../../../../events/cause.ts';
import type { Expectation } from '../../../../events/expectation.ts';
import type { UserChange } from '../../../../events/message.ts';
import { deletionPause, isRemoval } from '../../../../functions/domain/review/deletion-pause.ts';
import { bySweep } from '../../../fakes/outcomes.ts';
import { ACCOUNT, POLICY, START, settingsWith } from '../../../fakes/settings.ts';

const SINCE = new Date(START).toISOString();
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const at = (ms: number) => new Date(START + ms);

const admin: Actor = { type: 'AssumedRole', name: 'SecurityAdmin/alice', mfa: true };
const detached: Expectation = { policies: { [POLICY]: false } };

function removal(
  expects: Expectation = detached,
  actor: Actor = admin,
  eventName = 'DetachUserPolicy',
  time = START,
): UserChange {
  const eventTime = new Date(time).toISOString();
  const cause: Cause = { kind: 'event', eventId: 'e', eventName, eventTime, actor };
  return { account: ACCOUNT, user: 'dana', hint: false, cause, expects };
}

const pause = (changes: readonly UserChange[], now: Date, last: string | null = null) =>
  deletionPause(changes, last, settingsWith(), now);

describe('a removal by an administrator', () => {
  it.each([
    ['ForceMFA', removal()],
    [
      'ForceMFA, its name in another case',
      removal({ policies: { [POLICY.toUpperCase()]: false } }),
    ],
    ['the deny group', removal({ groups: { forcemfa: false } }, admin, 'RemoveUserFromGroup')],
    ['the inline deny', removal({}, admin, 'DeleteUserPolicy')],
    ['ForceMFA, by the root user', removal(detached, { type: 'Root', name: 'root', mfa: true })],
    ['ForceMFA, by another user', removal(detached, { type: 'IAMUser', name: 'erin', mfa: true })],
  ])('pauses for five minutes: %s', (_, change) => {
    expect(pause([change], at(2_500))).toEqual({ since: SINCE, seconds: 298 });
  });

  it.each([
    [
      'without MFA, or of which CloudTrail does not say',
      removal(detached, { ...admin, mfa: undefined } as Actor),
    ],
    ['by the user', removal(detached, { type: 'IAMUser', name: 'Dana', mfa: true })],
    ['of another policy', removal({ policies: { 'arn:aws:iam::aws:policy/x': false } })],
    ['of another group', removal({ groups: { team: false } }, admin, 'RemoveUserFromGroup')],
    ['that is none', removal({ groups: { ForceMFA: true } }, admin, 'AddUserToGroup')],
    [
      'of a boundary, which a deletion does not need',
      removal({ boundary: null }, admin, 'DeleteUserPermissionsBoundary'),
    ],
  ])('does not pause: %s', (_, change) => {
    expect(pause([change], at(0))).toBeNull();
  });

  it.each([
    [-5 * MINUTE, 300],
    [-5 * MINUTE - 1, null],
    [0, 300],
    [5 * MINUTE - 1, 1],
    [5 * MINUTE, null],
  ])('pauses while its time is near: %i ms after it, %s s', (later, seconds) => {
    expect(pause([removal()], at(later))?.seconds ?? null).toBe(seconds);
  });

  it('does not pause where a later one does not', () => {
    const byUser = removal(detached, { type: 'IAMUser', name: 'dana', mfa: true });
    expect(pause([removal(), byUser], at(0))).toBeNull();
    expect(pause([byUser, removal()], at(0))).not.toBeNull();
  });
});

describe('a pause that is remembered', () => {
  const other: UserChange = {
    account: ACCOUNT,
    user: 'dana',
    hint: false,
    cause: bySweep(),
    expects: {},
  };

  it.each([
    ['of another change', other],
    [
      'of a second removal',
      removal({ groups: { ForceMFA: false } }, admin, 'RemoveUserFromGroup', START + MINUTE),
    ],
  ])('lasts for every review of the user: %s', (_, change) => {
    expect(pause([change], at(MINUTE), SINCE)).toEqual({ since: SINCE, seconds: 240 });
    expect(pause([change], at(5 * MINUTE), SINCE)).toBeNull();
  });

  it.each([
    [DAY - 1000, null],
    [DAY, { since: new Date(START + DAY).toISOString(), seconds: 300 }],
  ])('is the only one for a day: %i ms later', (later, expected) => {
    const again = removal(detached, admin, 'DetachUserPolicy', START + later);
    expect(pause([again], at(later), SINCE)).toEqual(expected);
  });

  it.each([
    ['no time', 'soon'],
    ['ahead', at(5 * MINUTE).toISOString()],
  ])('counts as absent if it is %s: it neither pauses nor prevents a pause', (_, last) => {
    expect(pause([other], at(0), last)).toBeNull();
    expect(pause([removal()], at(0), last)).toEqual({ since: SINCE, seconds: 300 });
  });

  it('does not last for a removal that does not pause', () => {
    const byUser = removal(detached, { type: 'IAMUser', name: 'dana', mfa: true });
    expect(pause([byUser], at(MINUTE), SINCE)).toBeNull();
  });

  it.each([
    [
      'by the user',
      removal(detached, { type: 'IAMUser', name: 'dana', mfa: true }, undefined, START - 1000),
    ],
    [
      'of the enforcer, which unblocked the user',
      removal({}, { type: 'AssumedRole', name: 'enforcer/x' }, 'DeleteUserPolicy', START - 1000),
    ],
    ['by an administrator', removal(detached, admin, undefined, START - 1000)],
  ])('lasts though an earlier removal is reviewed again: %s', (_, earlier) => {
    expect(pause([earlier], at(MINUTE), SINCE)).toEqual({ since: SINCE, seconds: 240 });
  });

  it('may be a little ahead: clocks differ', () => {
    const last = at(5 * MINUTE - 1).toISOString();
    expect(pause([other], at(0), last)).toEqual({ since: last, seconds: 300 });
  });
});

it('a removal is an event that takes a block method away', () => {
  expect(isRemoval(removal().cause)).toBe(true);
  expect(isRemoval(removal({}, admin, 'AttachUserPolicy').cause)).toBe(false);
  expect(isRemoval(bySweep())).toBe(false);
});
