import { expect, it } from 'vitest';
import { ReviewRequest } from '../../events/review-request.ts';
import { secondsUntilRoom, waitingRequest } from '../../functions/domain/refused-users.ts';

const SINCE = new Date('2026-03-01T12:00:00Z');
const HOURS = 3600;

it.each([
  ['first when IAM’s list has settled', 0, 120],
  ['not before that, by a clock that is behind', -5, 120],
  ['then after as long again', 300.9, 300],
  ['after as long as SQS delays a message', 900, 900],
  ['and no longer', 10 * HOURS, 900],
  ['until a night has passed', 26 * HOURS - 0.001, 900],
  ['then no more', 26 * HOURS, null],
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
    lowerRungs: true,
    refusedSince: SINCE.toISOString(),
  });
});
