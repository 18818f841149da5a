import type { SQSRecord } from 'aws-lambda';
import { isSameName, nameKey } from '../../../events/names.ts';
import { ACCOUNT } from '../../fakes/settings.ts';
import type { Clock } from '../clock.ts';
import type { Environment } from '../environment.ts';
import { isConflictError } from '../errors.ts';
import type { Sent } from '../event-bus.ts';
import type { Invocation } from '../instance.ts';
import { isWaiting, type Queue } from '../queue.ts';
import type { Verdict } from './verdict.ts';

/**
 * Checks that a message about a user counts as done only if the user was read without a failure, or if it comes back later. One
 * message that waits for room is enough for a refused user.
 */
export function watchDone(
  verdict: Verdict,
  queue: Queue,
  { body }: SQSRecord,
  { journal, startedAt }: Invocation,
): void {
  const subject = subjectOf(body);
  if (subject === null || journal.sentBack.has(body)) return;
  if (isWaiting(body) && othersWait(queue, body, subject, startedAt)) return;
  const { answered, failed } = journal.of(subject);
  // A denied call of another block method is no failed reading: an outcome reports it.
  const isReported = [...journal.outcomes].some((id) =>
    id.startsWith(`could-not-enforce/${ACCOUNT}/${nameKey(subject)}/`),
  );
  const isSound = failed.every((call) => isReported && call.endsWith(': AccessDenied'));
  verdict.check(
    'done or failed message',
    answered && isSound,
    () => `a message about ${subject} is gone, though ${failed[0] ?? 'the user was not read'}`,
  );
}

// A change that IAM refuses for longer sets off an alarm (handle-batch.ts). Clocks are off.
const REFUSED_FOR_LONG_MS = 15 * 60_000 - 21_000;

/** Checks that no record fails because IAM refuses its change for a while: a failed record loses one of its tries. */
export function watchFailed(
  { clock }: Environment,
  verdict: Verdict,
  error: Error,
  { records }: Invocation,
): void {
  const isLong = records.some(({ body }) => clock.now - timeOf(body) > REFUSED_FOR_LONG_MS);
  verdict.check(
    'no try is lost',
    isLong || !isConflictError(error),
    () => `a record failed: ${error.name}`,
  );
}

/** The time of a message's event, or the start of its sweep. */
function timeOf(body: string): number {
  type Times = { readonly eventTime?: string; readonly startedAt?: string };
  const { detail, cause } = JSON.parse(body) as { detail?: Times; cause?: Times };
  return Date.parse(detail?.eventTime ?? cause?.eventTime ?? cause?.startedAt ?? '');
}

/**
 * Whether another message of the user waited for room since the invocation began, or failed for good. This one is still in the
 * queue. The other may be done since, and then the user was read for it.
 */
function othersWait(queue: Queue, own: string, subject: string, startedAt: number): boolean {
  const waiting = [
    ...queue.waitedForRoomSince(startedAt),
    ...queue.failedMessages.filter(isWaiting),
  ].filter((body) => isSameName(subjectOf(body) ?? '', subject));
  return waiting.length > (waiting.includes(own) ? 1 : 0);
}

// A message that fails again and again is in the dead-letter queue after five tries, every three minutes.
const HELD_MS = 20 * 60_000;
/** A few messages say nothing. */
const SOME = 10;

/** Checks that the queue does not grow without a bound, whatever an attacker does. @param users how many there are */
export function watchQueue(
  { now }: Clock,
  verdict: Verdict,
  queue: Queue,
  sent: readonly Sent[],
  users: number,
): void {
  const waiting = queue.waiting - queue.redriven;
  const most = 3 * users + SOME;
  const isOld = ({ arrived }: Sent) => (arrived ?? now) < now - HELD_MS;
  // Most queues are so short that the events need not be counted.
  const events = waiting <= most ? 0 : sent.length - 1 - sent.findLastIndex(isOld);
  verdict.check(
    'the queue is bounded',
    waiting <= most + 2 * events,
    () => `${waiting} messages wait, after ${events} events and with ${users} users`,
  );
}

/** Checks that only messages of refused users wait at rest: all others are done or failed messages. */
export function checkQueue(verdict: Verdict, queue: Queue): void {
  const { sent, done, failedMessages, waitingForRoom, options } = queue;
  const waiting = queue.waiting - waitingForRoom.length;
  verdict.check(
    'done or failed message',
    waiting === 0,
    () =>
      `${options.name}: ${sent} sent, ${done} done, ${failedMessages.length} failed, ${waiting} wait`,
  );
}

const named: Readonly<Record<string, (parameters: Record<string, string>) => string | null>> = {
  UpdateUser: ({ newUserName, userName }) => newUserName ?? userName ?? null,
};

/** The user whom a message of the queue of IAM changes is about. Null for policies, hints and outcomes. */
function subjectOf(body: string): string | null {
  const value = JSON.parse(body) as {
    user?: string;
    detail?: { eventName?: string; requestParameters?: Record<string, string> };
  };
  if (value.user !== undefined) return value.user;
  const { eventName = '', requestParameters = {} } = value.detail ?? {};
  return named[eventName]?.(requestParameters) ?? requestParameters.userName ?? null;
}
