import { expect, it } from 'vitest';
import { ReviewRequest } from '../../../../events/requests.ts';
import {
  goesOnWaiting,
  isCurrent,
  secondsUntilRoom,
  waitingRequest,
} from '../../../../functions/domain/review/refused-users.ts';

const SINCE = new Date('2026-03-01T12:00:00Z');
const HOURS = 3600;

it.each([
  ['first when IAM’s list has settled', 0, 120],
  ['not before that, by a clock that is behind', -5, 120],
  ['then after as long again', 300.9, 300],
  ['after as long as SQS delays a message', 900, 900],
  ['and no longer', 10 * HOURS, 900],
  ['however long it takes', 100 * HOURS, 900],
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

const after = (hours: number) => new Date(SINCE.getTime() + hours * HOURS * 1000);
const OTHER = after(-1).toISOString();

it('a refusal is current until a night has passed', () => {
  expect(isCurrent(SINCE.toISOString(), new Date(after(26).getTime() - 1))).toBe(true);
  expect(isCurrent(SINCE.toISOString(), after(26))).toBe(false);
});

it.each<[string, string | undefined, number, boolean]>([
  ['since whose refusal the user is named', SINCE.toISOString(), 1, true],
  ['since whose refusal the user is named, days later', SINCE.toISOString(), 100, true],
  ['of a user whom another message waits for', OTHER, 1, false],
  ['of a user whom another message may have waited for, a night ago', OTHER, 25, true],
  ['of a user who is not named', undefined, 25, true],
  ['of a user who is not named, after the next sweep', undefined, 26, false],
  ['of a user who was named long ago, after the next sweep', OTHER, 26, false],
])('goes on waiting, or not: a message %s', (_, named, hours, goesOn) => {
  expect(goesOnWaiting(SINCE.toISOString(), named, after(hours))).toBe(goesOn);
});
