import type { Cause } from '../../../events/cause.ts';
import { graceRequest, secondsUntilStep } from '../../domain/review/grace.ts';
import { secondsUntilRoom, waitingRequest } from '../../domain/review/refused-users.ts';
import type { ReviewTask } from '../../domain/review/tasks.ts';
import { sendMessage } from '../../io/sqs.ts';
import type { BatchDeps } from './review-deps.ts';

// Messages that come back later on purpose. Unlike a failed record that costs no try.

/** Bounds of the delay after a stale read. */
const STALE_SECONDS = { least: 2, most: 30 };
/** The delay of a slow account's messages is random, so that they do not arrive at once. */
const SLOW_SECONDS = { least: 15, spread: 45 };

/**
 * Requeues a message whose change IAM does not show yet. It ends when the event is no longer fresh.
 * @param seconds the delay, if known
 */
export async function requeueStale(
  deps: BatchDeps,
  body: string,
  cause: Cause | null,
  seconds?: number,
): Promise<void> {
  const since = cause?.kind === 'event' ? Date.parse(cause.eventTime) : 0;
  const age = Math.round((deps.now().getTime() - since) / 1000);
  const { least, most } = STALE_SECONDS;
  const delay = seconds ?? Math.min(most, Math.max(least, age));
  await sendMessage(deps.sqs, deps.queueUrl, body, delay, deps.settings.account);
}

/** Requeues a message of a slow account, so that other accounts need not wait for it. */
export async function requeueSlow(
  { sqs, queueUrl, settings, random }: BatchDeps,
  body: string,
): Promise<void> {
  const delay = SLOW_SECONDS.least + Math.floor(random() * SLOW_SECONDS.spread);
  await sendMessage(sqs, queueUrl, body, delay, settings.account);
}

/**
 * Requeues a refused user until there is room: first when IAM's list is current, then with a delay that grows with the time
 * that the user has waited. Observe mode waits for nothing.
 */
export async function requeueRefused(
  { sqs, queueUrl, settings, now }: BatchDeps,
  { account, user, cause }: ReviewTask,
  since: Date,
): Promise<void> {
  if (settings.mode === 'observe') return;
  const delay = secondsUntilRoom(since, now());
  await sendMessage(sqs, queueUrl, waitingRequest(account, user, cause, since), delay, account);
}

/** Requeues a user who has time to enrol until the next step. Only the table is read until then. */
export async function requeueInGrace(
  { sqs, queueUrl, now }: BatchDeps,
  { account, user, cause }: ReviewTask,
  { userId, next }: { readonly userId: string; readonly next: Date },
): Promise<void> {
  const delay = secondsUntilStep(next, now());
  await sendMessage(sqs, queueUrl, graceRequest(account, user, cause, userId), delay, account);
}
