import type { SQSRecord } from 'aws-lambda';
import { type Cause, causeId } from '../../events/cause.ts';
import { type Parsed, parseMessage } from '../../events/message.ts';
import { breakerOutcome, tamperingOutcome } from '../domain/outcomes.ts';
import { type ReviewTask, reviewTasks, taskKey } from '../domain/tasks.ts';
import { sendMessage } from '../io/send-message.ts';
import { type Meter, measureReview } from './measure.ts';
import { type Publisher, publish, publishWaiting } from './publish.ts';
import { type Reviewer, type ReviewResult, review } from './review.ts';
import { reviewPolicy } from './review-policy.ts';

/** Everything on-iam-change works with. */
export type Pipeline = Reviewer & Publisher & Meter;

/** Come back no sooner, no later than this after a reading that was too early. */
const COME_BACK_SECONDS = { least: 2, most: 30 };

/**
 * Handles one batch of the queue of IAM changes. A record fails alone: what is wrong with one does not touch
 * the others.
 * @returns one settled result a record, in the batch's order
 */
export async function handleBatch(
  pipeline: Pipeline,
  records: readonly Pick<SQSRecord, 'body'>[],
): Promise<PromiseSettledResult<unknown>[]> {
  const parsed = await Promise.allSettled(records.map(async ({ body }) => parse(pipeline, body)));
  const changes = parsed.flatMap((result) =>
    result.status === 'fulfilled' && result.value.kind === 'changes' ? result.value.changes : [],
  );
  const tasks = reviewTasks(changes, pipeline.settings);
  const reviews = new Map(tasks.map((task) => [taskKey(task), runReview(pipeline, task)]));
  // Held back here, told once for the whole batch.
  const breaker = publishBreaker(pipeline, tasks, reviews);

  return Promise.allSettled(
    parsed.map(async (result, index) => {
      if (result.status === 'rejected') throw result.reason;
      await handleParsed(pipeline, result.value, records[index]?.body ?? '', reviews, breaker);
    }),
  );
}

function parse(pipeline: Pipeline, body: string): Parsed {
  const parsed = parseMessage(body);
  if (parsed.kind === 'dropped') {
    pipeline.log.info('dropped', { eventId: parsed.eventId, reason: parsed.reason });
  }
  for (const { account, cause } of subjectsOf(parsed)) {
    if (account === pipeline.settings.account) continue;
    const guarded = pipeline.settings.account;
    throw new Error(`event ${causeId(cause)} is of account ${account}, guarded is ${guarded}`);
  }
  return parsed;
}

function subjectsOf(parsed: Parsed): readonly { account: string; cause: Cause }[] {
  switch (parsed.kind) {
    case 'changes':
      return parsed.changes;
    case 'policy':
      return [parsed.change];
    case 'tampering':
      return [parsed.tampering];
    case 'dropped':
    case 'unpublished':
      return [];
    default:
      return parsed satisfies never;
  }
}

async function handleParsed(
  pipeline: Pipeline,
  parsed: Parsed,
  body: string,
  reviews: ReadonlyMap<string, Promise<ReviewResult>>,
  breaker: Promise<void>,
): Promise<void> {
  switch (parsed.kind) {
    case 'dropped':
      return;
    case 'unpublished':
      return publishWaiting(pipeline, parsed.outcome);
    case 'policy': {
      const result = await reviewPolicy(pipeline, parsed.change);
      if (result.kind === 'too-early') return comeBack(pipeline, parsed.change.cause, body);
      return publish(pipeline, result.outcomes);
    }
    case 'tampering': {
      pipeline.log.warn('tampering seen', { ...parsed.tampering });
      const outcome = tamperingOutcome(parsed.tampering, pipeline.settings, pipeline.now());
      return publish(pipeline, [outcome]);
    }
    case 'changes': {
      const own = parsed.changes.map(async (change) => reviews.get(taskKey(change)));
      const results = await Promise.all(own);
      if (results.some((result) => result?.kind === 'too-early')) {
        await comeBack(pipeline, parsed.changes[0]?.cause, body);
      }
      if (results.some((result) => result?.kind === 'breaker-open')) await breaker;
      return;
    }
    default:
      return parsed satisfies never;
  }
}

async function runReview(pipeline: Pipeline, task: ReviewTask): Promise<ReviewResult> {
  const result = await review(pipeline, task);
  measureReview(pipeline, task, result);
  if ('outcomes' in result) await publish(pipeline, result.outcomes);
  logReview(pipeline, task, result);
  return result;
}

/**
 * Sends a message back to its own queue, to come later. Unlike a failed record it costs no try: a change
 * that has not spread through IAM yet is nobody's fault. It ends once the event is no longer fresh.
 */
async function comeBack(pipeline: Pipeline, cause: Cause | undefined, body: string): Promise<void> {
  const since = cause?.kind === 'event' ? Date.parse(cause.eventTime) : 0;
  const age = Math.round((pipeline.now().getTime() - since) / 1000);
  const delay = Math.min(COME_BACK_SECONDS.most, Math.max(COME_BACK_SECONDS.least, age));
  await sendMessage(pipeline.sqs, pipeline.queueUrl, body, delay);
}

async function publishBreaker(
  pipeline: Pipeline,
  tasks: readonly ReviewTask[],
  reviews: ReadonlyMap<string, Promise<ReviewResult>>,
): Promise<void> {
  const results = await Promise.allSettled(reviews.values());
  const stopped = tasks.filter((_, index) => {
    const result = results[index];
    return result?.status === 'fulfilled' && result.value.kind === 'breaker-open';
  });
  const first = stopped[0];
  if (first === undefined) return;
  const numbers = await reviews.get(taskKey(first));
  if (numbers?.kind !== 'breaker-open') return;
  if (!pipeline.enforcer.alertDue()) return;
  const users = stopped.map(({ user }) => user);
  await publish(pipeline, [
    breakerOutcome(users, numbers, first.cause, pipeline.settings, pipeline.now()),
  ]);
}

function logReview({ log, settings }: Pipeline, task: ReviewTask, result: ReviewResult): void {
  const what = { user: task.user, mode: settings.mode, cause: task.cause };
  if (result.kind !== 'reviewed') {
    log.info(result.kind, { ...what, ...result });
    return;
  }
  const { action, standing, held, reasons } = result.examined.decision;
  const published = result.outcomes.map(({ kind }) => kind);
  log.info('reviewed', { ...what, action, standing, held, reasons, published });
}
