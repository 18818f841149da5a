import type { Cause } from '../../../events/cause.ts';
import type { UserChange } from '../../../events/message.ts';
import type { ReviewRequest } from '../../../events/requests.ts';
import { SETTLED_AFTER_SECONDS } from './stale-reads.ts';

// The nightly sweep sends a new message for each user who still waits.
const CURRENT_FOR_MS = 26 * 60 * 60 * 1000;

export const MINUTE_SECONDS = 60;
/** With the rest of a minute, it is SQS's longest delay of 900 s. */
export const MOST_SECONDS = 840;

/** Whether a refusal is so recent that a message may still wait for room. @param refused ISO 8601, or undefined */
export function isCurrent(refused: string | undefined, now: Date): boolean {
  return now.getTime() - Date.parse(String(refused)) < CURRENT_FOR_MS;
}

/**
 * Since when a message waits for room. One message a user is enough, however many changes of the user are refused: the message
 * of the refusal that named the user. A sweep's message waits beside another one, which may have failed permanently.
 * @param changes the changes of a user
 * @param named when the user was named as refused, if no decision followed (ISO 8601); otherwise undefined
 * @returns null if none of the changes waits, or another message does
 */
export function waitingSince(
  changes: readonly UserChange[],
  named: string | undefined,
  now: Date,
): Date | null {
  const waiting = changes.flatMap(({ refusedSince, cause }) => {
    const other = cause.kind === 'sweep' ? undefined : named;
    if (refusedSince === undefined) return [];
    const waits =
      refusedSince === other || (isCurrent(refusedSince, now) && !isCurrent(other, now));
    return waits ? [refusedSince] : [];
  });
  const since = waiting.find((one) => one === named) ?? waiting[0];
  return since === undefined ? null : new Date(since);
}

/**
 * When a refused user is reviewed again: on a full minute. SQS may deliver a message twice, and each copy waits on: copies that
 * are due together meet in a batch, which waits once.
 * @param since when the user was refused first
 * @returns seconds: first until IAM's list has settled, then as long as the user has already waited
 */
export function secondsUntilRoom(since: Date, now: Date): number {
  const age = Math.floor((now.getTime() - since.getTime()) / 1000);
  const wait = Math.min(MOST_SECONDS, Math.max(SETTLED_AFTER_SECONDS, age));
  return Math.ceil(dueTogether(wait, MINUTE_SECONDS, now));
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

/**
 * Extends a wait until the clock's next multiple, so that messages that wait for about as long become visible together.
 * @param seconds the least wait
 * @param multiple of the clock, in seconds
 * @returns seconds, not rounded
 */
export function dueTogether(seconds: number, multiple: number, now: Date): number {
  const multipleMs = multiple * 1000;
  const due = Math.ceil((now.getTime() + seconds * 1000) / multipleMs) * multipleMs;
  return (due - now.getTime()) / 1000;
}
