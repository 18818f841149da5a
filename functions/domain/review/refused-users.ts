import type { Cause } from '../../../events/cause.ts';
import type { ReviewRequest } from '../../../events/requests.ts';
import { SETTLED_AFTER_SECONDS } from './stale-reads.ts';

// The nightly sweep sends a new message for each user who still waits.
const CURRENT_FOR_MS = 26 * 60 * 60 * 1000;

// SQS's longest delay.
const MOST_SECONDS = 900;

/** Whether a refusal is so recent that a message may still wait for room. @param refused ISO 8601, or undefined */
export function isCurrent(refused: string | undefined, now: Date): boolean {
  return now.getTime() - Date.parse(String(refused)) < CURRENT_FOR_MS;
}

/**
 * Whether a message goes on waiting for room. One message a user is enough, however many changes of the user are refused: the
 * message of the refusal that named the user.
 * @param since when the message's user was refused, ISO 8601
 * @param named when the user was named as refused, if no decision followed; otherwise undefined
 */
export function goesOnWaiting(since: string, named: string | undefined, now: Date): boolean {
  if (since === named) return true;
  return isCurrent(since, now) && !isCurrent(named, now);
}

/**
 * When a refused user is reviewed again.
 * @param since when the user was refused first
 * @returns seconds: first until IAM's list has settled, then as long as the user has already waited
 */
export function secondsUntilRoom(since: Date, now: Date): number {
  const age = now.getTime() - since.getTime();
  return Math.min(MOST_SECONDS, Math.max(SETTLED_AFTER_SECONDS, Math.floor(age / 1000)));
}

/** The message in which a refused user waits: the user, the change, and the time of the refusal. */
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
