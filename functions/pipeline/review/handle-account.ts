import { type Cause, causeId, isByCloudFormation } from '../../../events/cause.ts';
import type { Parsed, Tampering, UserChange } from '../../../events/message.ts';
import { ownResource } from '../../domain/deployment/own-resources.ts';
import { reviewMetrics } from '../../domain/outcomes/metrics.ts';
import { deviceOutcome, tamperingOutcome } from '../../domain/outcomes/outcomes.ts';
import { deviceByOther } from '../../domain/review/exemption-changes.ts';
import { treatmentOf } from '../../domain/review/iam-errors.ts';
import { type ReviewTask, reviewTasks, taskKey } from '../../domain/review/tasks.ts';
import { sendMessage } from '../../io/sqs.ts';
import { isRefused, refusedUsers, type StillFull, stillFull } from './refused-users.ts';
import type { BatchDeps } from './review-deps.ts';
import { reviewPolicy } from './review-policy.ts';
import { type ReviewResult, userOf } from './review-result.ts';
import { review } from './review-user.ts';

/** One message, and what it turned out to be. */
export interface Message {
  readonly body: string;
  readonly parsed: Parsed;
}

/** The result of a user's review. */
type Handled = ReviewResult | StillFull;

/** Bounds of the delay after a stale read. */
const COME_BACK_SECONDS = { least: 2, most: 30 };

/** IAM refuses a change for several minutes at most. A record that is older than this fails, which raises an alarm. */
const IAM_REFUSES_AT_MOST_MS = 15 * 60_000;

/**
 * Handles the messages of a batch that concern one account. A failed message does not affect the others.
 * @param begun start of the batch
 * @returns one promise per message, in their order, which rejects if the message must be tried again
 */
export function handleAccount(
  deps: BatchDeps,
  messages: readonly Message[],
  begun: Date,
): Promise<void>[] {
  const changes = messages.flatMap(({ parsed }) =>
    parsed.kind === 'changes' ? parsed.changes : [],
  );
  const tasks = reviewTasks(changes, deps.settings);
  const reviews = new Map(tasks.map((task) => [taskKey(task), runReview(deps, task, begun)]));
  const refused = refusedUsers(deps, tasks, reviews);
  // The messages that wait for it fail. Without such a message its rejection must not end the process.
  refused.catch(() => {});
  const comeBack = comingBackOnce(deps);
  return messages.map(({ parsed, body }) => {
    const later = (cause: Cause | undefined, seconds?: number) => comeBack(cause, body, seconds);
    return handleParsed(deps, parsed, begun, later, reviews, refused);
  });
}

async function handleParsed(
  deps: BatchDeps,
  parsed: Parsed,
  begun: Date,
  comeBack: (cause: Cause | undefined, seconds?: number) => Promise<void>,
  reviews: ReadonlyMap<string, Promise<Handled>>,
  refused: Promise<void>,
): Promise<void> {
  switch (parsed.kind) {
    case 'dropped':
      return;
    case 'unpublished':
      return deps.publishWaiting(parsed.outcome);
    case 'policy': {
      const { cause } = parsed.change;
      const work = reviewPolicy(deps, parsed.change, begun);
      const result = await orStale(deps, cause, work);
      if (result.kind === 'stale') return comeBack(cause);
      return deps.publish(result.outcomes);
    }
    case 'tampering':
      return reportTampering(deps, parsed.tampering);
    case 'changes': {
      const own = parsed.changes.map(async (change) => reviews.get(taskKey(change)));
      // Lambda freezes running work when the batch ends, so all reviews have to end first.
      const settled = await Promise.allSettled(own);
      if (settled.some(isRefused)) await refused;
      const results = await Promise.all(own);
      const early = results.find((result) => result?.kind === 'stale');
      if (early) return comeBack(parsed.changes[0]?.cause, early.seconds);
      await reportDevices(deps, parsed.changes, results);
      return;
    }
    default:
      return parsed satisfies never;
  }
}

/** Reports devices that another identity than the user enabled, for every result of the review. A duplicate event reports nothing. */
async function reportDevices(
  deps: BatchDeps,
  changes: readonly UserChange[],
  results: readonly (Handled | undefined)[],
): Promise<void> {
  const { settings, now } = deps;
  for (const [index, change] of changes.entries()) {
    const serial = deviceByOther(change);
    if (serial === null) continue;
    const result = results[index];
    const user = result && 'outcomes' in result ? userOf(change, result) : change.user;
    const wasBlocked = result?.kind === 'reviewed' ? result.userRead.decision.blocked : null;
    const { cause } = change;
    const outcome = deviceOutcome({ user, cause, settings, now: now() }, { serial, wasBlocked });
    await deps.rateLimited(outcome.id, () => deps.publish([outcome]));
  }
}

async function reportTampering(deps: BatchDeps, tampering: Tampering): Promise<void> {
  const { settings, hub, log } = deps;
  const { call, cause } = tampering;
  const resource = ownResource(tampering, settings, hub);
  if (resource === undefined) {
    const names = tampering.resources.map(({ name }) => name);
    log.info('dropped', { cause, names, reason: 'the event concerns no resource of the enforcer' });
    return;
  }
  log.warn('tampering seen', { account: settings.account, what: call.id, resource, cause });
  const seen = { what: call.id, resource, cause };
  const report = () => deps.publish([tamperingOutcome(seen, settings, deps.now())]);
  // A deployment makes dozens of calls, in an organization in every account.
  const whose = settings.account === hub.account ? 'hub' : 'spokes';
  await (isByCloudFormation(cause)
    ? deps.rateLimited(`cloudformation/${whose}`, report)
    : report());
}

async function runReview(deps: BatchDeps, task: ReviewTask, begun: Date): Promise<Handled> {
  const refused = await stillFull(deps, task);
  if (refused !== null) return refused;
  const result = await orStale(deps, task.cause, review(deps, task, begun));
  measureReview(deps, task, result);
  logReview(deps, task, result);
  return result;
}

/** A change that IAM refuses temporarily, after the SDK's retries, is tried again like a stale read. */
async function orStale<T>(
  { now }: BatchDeps,
  cause: Cause,
  work: Promise<T>,
): Promise<T | Extract<ReviewResult, { kind: 'stale' }>> {
  try {
    return await work;
  } catch (error) {
    const since = Date.parse(cause.kind === 'event' ? cause.eventTime : cause.startedAt);
    const isLong = now().getTime() - since >= IAM_REFUSES_AT_MOST_MS;
    if (isLong || !treatmentOf(error)?.comesAgain) throw error;
    const { name, message } = error as Error;
    return {
      kind: 'stale',
      staleReads: [`IAM refuses the change temporarily: ${name}: ${message}`],
    };
  }
}

/** SQS may deliver a message twice in one batch. It is requeued once, or the copies would multiply. */
function comingBackOnce(deps: BatchDeps) {
  const sent = new Map<string, Promise<void>>();
  return (cause: Cause | undefined, body: string, seconds?: number) => {
    const sending = sent.get(body) ?? comeBack(deps, cause, body, seconds);
    sent.set(body, sending);
    return sending;
  };
}

/**
 * Requeues a message with a delay. Unlike a failed record it costs no try, because a change that IAM does not show yet is
 * not a failure. It ends when the event is no longer fresh.
 */
async function comeBack(
  deps: BatchDeps,
  cause: Cause | undefined,
  body: string,
  seconds?: number,
): Promise<void> {
  const since = cause?.kind === 'event' ? Date.parse(cause.eventTime) : 0;
  const age = Math.round((deps.now().getTime() - since) / 1000);
  const { least, most } = COME_BACK_SECONDS;
  const delay = seconds ?? Math.min(most, Math.max(least, age));
  await sendMessage(deps.sqs, deps.queueUrl, body, delay, deps.settings.account);
}

function measureReview({ measure, now }: BatchDeps, task: ReviewTask, result: ReviewResult): void {
  const { account, cause } = task;
  const user = userOf(task, result);
  const at = 'outcomes' in result ? result.at : now();
  const eventName = cause.kind === 'event' ? { eventName: cause.eventName } : {};
  const metrics = reviewMetrics(result, at, task.refusedSince !== null);
  measure(metrics, { account, user, cause: causeId(cause), ...eventName });
}

function logReview({ log, settings }: BatchDeps, task: ReviewTask, result: ReviewResult): void {
  const what = { user: userOf(task, result), mode: settings.mode, cause: task.cause };
  if (result.kind !== 'reviewed') {
    log.info(result.kind, { ...what, ...result });
    return;
  }
  const { action, status, blocked, reasons } = result.userRead.decision;
  const published = result.outcomes.map(({ kind }) => kind);
  log.info('reviewed', { ...what, action, status, blocked, reasons, published });
}
