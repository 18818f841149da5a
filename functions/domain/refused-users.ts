import type { Cause } from '../../events/cause.ts';
import type { ReviewRequest } from '../../events/review-request.ts';
import { SETTLED_AFTER_SECONDS } from './contradictions.ts';

/**
 * How long a refused user waits for room. Sweeps start every night: within that time one has sent whoever still waits,
 * so that a request that waits longer is one too many.
 */
const WAITS_AT_MOST_MS = 26 * 60 * 60 * 1000;

// SQS delays a message no longer.
const MOST_SECONDS = 900;

/**
 * When a refused user is looked at again.
 * @param since when the user was refused first
 * @returns seconds: first when IAM's list has settled, then as long as the user has waited; null where it is too long ago
 */
export function secondsUntilRoom(since: Date, now: Date): number | null {
  const age = now.getTime() - since.getTime();
  if (age >= WAITS_AT_MOST_MS) return null;
  return Math.min(MOST_SECONDS, Math.max(SETTLED_AFTER_SECONDS, Math.floor(age / 1000)));
}

/** The message that a refused user waits as: who is to be reviewed, for which change, and since when. */
export function waitingRequest(account: string, user: string, cause: Cause, since: Date): string {
  const request: ReviewRequest = {
    schema: 'mfa-enforcer/review-request/1',
    account,
    user,
    cause,
    lowerRungs: true,
    refusedSince: since.toISOString(),
  };
  return JSON.stringify(request);
}
