import { describe, expect, it } from 'vitest';
import type { Cause } from '../../../../events/cause.ts';
import type { UserChange } from '../../../../events/message.ts';
import { ReviewRequest } from '../../../../events/requests.ts';
import {
  isCurrent,
  secondsUntilRoom,
  waitingRequest,
  waitingSince,
} from '../../../../functions/domain/review/refused-users.ts';
import { blocked } from '../../../fakes/outcomes.ts';

const SINCE = new Date('2026-03-01T12:00:00Z');
const HOURS = 3600;

it.each([
  ['first when IAM’s list has settled', 0, 120],
  ['not before that, by a clock that is behind', -5, 125],
  ['then after as long again', 300, 300],
  ['on a full minute', 301, 359],
  ['on a full minute, whatever the second', 330.5, 390],
  ['after 14 minutes at most', 900, 840],
  ['and the rest of a minute', 900.5, 900],
  ['and no longer', 10 * HOURS, 840],
  ['however long it takes', 100 * HOURS + 1, 899],
])('a refused user is looked at again %s', (_, age, seconds) => {
  expect(secondsUntilRoom(SINCE, new Date(SINCE.getTime() + age * 1000))).toBe(seconds);
});

it('and waits as a review request, for the same change', () => {
  const cause = { kind: 'sweep', sweepId: 's', startedAt: '2026-03-01T03:00:00.000Z' } as const;
  const request: unknown = JSON.parse(waitingRequest('111122223333', 'Dana', cause, SINCE));
  expect(ReviewRequest.parse(request)).toEqual({
    schema: 'mfa-enforcer/review-request/1',
    account: '111122223333',
    user: 'Dana',
    cause,
    otherMethods: true,
    refusedSince: SINCE.toISOString(),
  });
});

const hoursLater = (hours: number) => new Date(SINCE.getTime() + hours * HOURS * 1000);
const OTHER = hoursLater(-1).toISOString();

it('a refusal is current until a night has passed', () => {
  expect(isCurrent(SINCE.toISOString(), new Date(hoursLater(26).getTime() - 1))).toBe(true);
  expect(isCurrent(SINCE.toISOString(), hoursLater(26))).toBe(false);
});

describe('a message that waits for room', () => {
  const { cause: byEvent } = blocked();
  const bySweep = { kind: 'sweep', sweepId: 's', startedAt: OTHER } as const;
  const change = (refusedSince?: string, cause: Cause = byEvent): UserChange => ({
    account: '111122223333',
    user: 'dana',
    hint: false,
    expects: {},
    cause,
    ...(refusedSince === undefined ? {} : { refusedSince }),
  });

  it.each<[string, string | undefined, number, boolean]>([
    ['waits on if it is the one that named the user', SINCE.toISOString(), 1, true],
    ['waits on if it named the user days ago', SINCE.toISOString(), 100, true],
    ['ends if another message waits for the user', OTHER, 1, false],
    ['waits on if another message waited a night ago', OTHER, 25, true],
    ['waits on if the user is not named', undefined, 25, true],
    ['ends if the user is not named until the next sweep', undefined, 26, false],
    ['ends after the next sweep if the user was named long ago', OTHER, 26, false],
  ])('%s', (_, named, hours, waits) => {
    const since = waitingSince([change(SINCE.toISOString())], named, hoursLater(hours));
    expect(since).toEqual(waits ? SINCE : null);
  });

  it('of a sweep waits beside another message', () => {
    const changes = [change(SINCE.toISOString(), bySweep)];
    expect(waitingSince(changes, OTHER, hoursLater(1))).toEqual(SINCE);
    expect(waitingSince(changes, SINCE.toISOString(), hoursLater(26))).toBeNull();
  });

  it('waits since the refusal that named the user, else since the first of its changes', () => {
    const later = hoursLater(0.5).toISOString();
    const changes = [change(), change(SINCE.toISOString()), change(later)];
    expect(waitingSince(changes, undefined, hoursLater(1))).toEqual(SINCE);
    const besideSweep = [change(SINCE.toISOString(), bySweep), change(later)];
    expect(waitingSince(besideSweep, later, hoursLater(1))).toEqual(new Date(later));
  });

  it('is none if no change was refused', () => {
    expect(waitingSince([], undefined, hoursLater(1))).toBeNull();
    expect(waitingSince([change()], undefined, hoursLater(1))).toBeNull();
  });
});
