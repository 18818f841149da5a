import type { Cause } from '../../../events/cause.ts';
import type { ReviewRequest } from '../../../events/requests.ts';
import { SETTLED_AFTER_SECONDS } from './stale-reads.ts';

// A sweep starts every night, and sends those who still wait anew.
const CURRENT_FOR_MS = 26 * 60 * 60 * 1000;

// SQS delays a message no longer.
const MOST_SECONDS = 900;

/** Whether there is a refusal, so recent that a message may still wait for it. @param refused ISO 8601, if at all */
export function isCurrent(refused: string | undefined, now: Date): boolean {
  return now.getTime() - Date.parse(String(refused)) < CURRENT_FOR_MS;
}

/**
 * Whether a message goes on waiting for room. One a user is enough, however many changes of the user are refused: the one
 * since whose refusal the user is named.
 * @param since when the message's user was refused, ISO 8601
 * @param named when the user was named as refused, and not decided since; undefined where that is not so
 */
export function goesOnWaiting(since: string, named: string | undefined, now: Date): boolean {
  if (since === named) return true;
  return isCurrent(since, now) && !isCurrent(named, now);
}

/**
 * When a refused user is looked at again.
 * @param since when the user was refused first
 * @returns seconds: first when IAM's list has settled, then as long as the user has waited
 */
export function secondsUntilRoom(since: Date, now: Date): number {
  const age = now.getTime() - since.getTime();
  return Math.min(MOST_SECONDS, Math.max(SETTLED_AFTER_SECONDS, Math.floor(age / 1000)));
}

/** The message that a refused user waits as: who is to be reviewed, for which change, and since when. */
export function waitingRequest(account: string, user: string, cause: Cause, since: Date): string {
  const request: ReviewRequest = {
    schema: 'mfa-enforcer/review-request/1',
    account,
    user,
    cause,
    otherMethods: true,
    refusedSince: since.toISOString(),
  };
  return JSON.stringify(request);
}
