import type { SQSRecord } from 'aws-lambda';
import { type Cause, causeId, causeTime } from '../../../events/cause.ts';
import { type Parsed, parseMessage } from '../../../events/message.ts';
import { reviewMetrics } from '../../domain/outcomes/metrics.ts';
import { accountUnreachableOutcome } from '../../domain/outcomes/outcomes.ts';
import { treatmentOf } from '../../domain/review/iam-errors.ts';
import { type ReviewTask, reviewTasks, taskKey } from '../../domain/review/tasks.ts';
import { type Accounts, NotManaged } from '../accounts/accounts.ts';
import { AccountUnreachable } from '../accounts/spoke-session.ts';
import { recordAccess } from './access-history.ts';
import type { Deadline } from './deadline.ts';
import { stillInGrace } from './grace.ts';
import { handleOrphan, reportNameTaken } from './orphan-devices.ts';
import { recordProof } from './record-proof.ts';
import { type Handled, isRefused, refusedUsers, stillFull } from './refused-users.ts';
import { reportCredential, reportTampering } from './report-changes.ts';
import { requeueInGrace, requeueSlow, requeueStale } from './requeue.ts';
import type { BatchDeps } from './review-deps.ts';
import { reviewPolicy } from './review-policy.ts';
import { type ReviewResult, userOf } from './review-result.ts';
import { review } from './review-user.ts';

/** One message, and what it turned out to be. */
interface Message {
  readonly body: string;
  readonly parsed: Parsed;
  readonly account: string;
  /** Null for a dropped event, a probe and an unpublished outcome. */
  readonly cause: Cause | null;
}

/** The reviews of an account's users, each for all messages of the batch that concern the user. */
interface Reviews {
  readonly byUser: ReadonlyMap<string, Promise<Handled>>;
  /** The requeuing and the report of the refused users, after all reviews. */
  readonly refused: Promise<void>;
}

type Settled = PromiseSettledResult<unknown>;

/** IAM refuses a change for several minutes at most. A record that is older than this fails, which raises an alarm. */
const IAM_REFUSES_AT_MOST_MS = 15 * 60_000;

/**
 * Handles one batch of the queue of IAM changes, account by account. A failed record or account does not affect the others.
 * @returns one settled result per record, in the batch's order
 */
export async function handleBatch(
  accounts: Accounts<BatchDeps>,
  records: readonly Pick<SQSRecord, 'body'>[],
): Promise<Settled[]> {
  const hub = accounts.own;
  const deadline = hub.deadline();
  const results = new Map<string, Settled>();
  const byAccount = new Map<string, Message[]>();
  // SQS may deliver a message twice in one batch. It is handled once, and requeued once, or the copies would multiply.
  for (const body of new Set(records.map((record) => record.body))) {
    try {
      const message = readMessage(hub, body);
      byAccount.set(message.account, [...(byAccount.get(message.account) ?? []), message]);
    } catch (reason) {
      results.set(body, { status: 'rejected', reason });
    }
  }
  await Promise.all(
    [...byAccount].map(async ([account, messages]) => {
      const settled = await handleAccount(accounts, account, messages, deadline);
      for (const [at, { body }] of messages.entries()) results.set(body, settled[at] as Settled);
    }),
  );
  return records.map(({ body }) => results.get(body) as Settled);
}

function readMessage(hub: BatchDeps, body: string): Message {
  const parsed = parseMessage(body, hub.settings.account);
  const { account, cause } = subjectOf(hub, parsed);
  return { body, parsed, account, cause };
}

/** The account of a message. Dropped events, probes and unpublished outcomes belong to the hub. */
function subjectOf(
  { settings, accountThrottle, log }: BatchDeps,
  parsed: Parsed,
): { readonly account: string; readonly cause: Cause | null } {
  switch (parsed.kind) {
    case 'changes': {
      // All changes of one message have the same account and cause.
      const [first] = parsed.changes;
      return first ?? { account: settings.account, cause: null };
    }
    case 'access':
    case 'policy':
      return parsed.change;
    case 'tampering':
      return parsed.tampering;
    case 'probe':
      // Its account is not asked: a session there is not part of the event path.
      return { account: settings.account, cause: null };
    case 'orphan':
      return parsed.request;
    case 'name-taken':
      return parsed.taken;
    case 'dropped':
      log.info('dropped', { eventId: parsed.eventId, reason: parsed.reason });
      return { account: settings.account, cause: null };
    case 'unpublished': {
      const { id, account } = parsed.outcome;
      // In an organization the account may be any account.
      if (accountThrottle !== null || account === settings.account) {
        return { account: settings.account, cause: null };
      }
      throw new NotManaged(
        `the outcome ${id} is from account ${account}, but the managed account is ${settings.account}`,
      );
    }
    default:
      return parsed satisfies never;
  }
}

/** Handles the messages of one account, of a slow account only some. */
async function handleAccount(
  accounts: Accounts<BatchDeps>,
  account: string,
  messages: readonly Message[],
  deadline: Deadline,
): Promise<Settled[]> {
  const { accountThrottle, now } = accounts.own;
  let deps: BatchDeps;
  try {
    deps = await deadline.wait(accounts.of(account));
  } catch (error) {
    await reportUnreachable(accounts.own, messages[0]?.cause ?? null, error, deadline);
    return messages.map(({ cause }) => ({ status: 'rejected', reason: naming(cause, error) }));
  }
  const room = accountThrottle?.capacityFor(account) ?? messages.length;
  const since = now().getTime();
  const handled = messages.slice(0, room);
  const reviews = reviewUsers(deps, handled, deadline);
  const work = [
    ...handled.map((message) => handleMessage(deps, message, reviews, deadline)),
    ...messages.slice(room).map(({ body }) => requeueSlow(deps, body)),
  ];
  const settled = await Promise.allSettled(work.map((one) => deadline.wait(one)));
  accountThrottle?.took(account, now().getTime() - since);
  return settled;
}

/** Reports an unreachable account at once. Its messages are tried again. */
async function reportUnreachable(
  hub: BatchDeps,
  cause: Cause | null,
  error: unknown,
  deadline: Deadline,
): Promise<void> {
  // Another try may fix any other error.
  if (!(error instanceof AccountUnreachable) || error.code === 'other') return;
  if (cause === null) return;
  const why = { code: error.code, text: error.why };
  const { account } = error;
  const { mode } = hub.settings;
  const outcome = accountUnreachableOutcome({ account, mode }, cause, why, hub.now());
  try {
    await hub.rateLimited(account, () => deadline.wait(hub.publish([outcome])));
  } catch (failed) {
    hub.log.error('an unreachable account could not be reported', { error: failed as Error });
  }
}

function naming(cause: Cause | null, error: unknown): unknown {
  if (!(error instanceof NotManaged) || cause === null) return error;
  return new NotManaged(`event ${causeId(cause)} ${error.message}`);
}

/** Starts one review for each user whom the messages concern. */
function reviewUsers(deps: BatchDeps, messages: readonly Message[], deadline: Deadline): Reviews {
  const changes = messages.flatMap(({ parsed }) =>
    parsed.kind === 'changes' ? parsed.changes : [],
  );
  const tasks = reviewTasks(changes, deps.settings);
  const byUser = new Map(tasks.map((task) => [taskKey(task), reviewUser(deps, task, deadline)]));
  const refused = refusedUsers(deps, tasks, byUser);
  // The messages that wait for it fail. Without such a message its rejection must not end the process.
  refused.catch(() => {});
  return { byUser, refused };
}

/** Reviews one user, unless the user still waits for room. Logs and measures the review. */
async function reviewUser(deps: BatchDeps, task: ReviewTask, deadline: Deadline): Promise<Handled> {
  const waiting = (await stillFull(deps, task)) ?? (await stillInGrace(deps, task));
  if (waiting?.kind === 'in-grace') await requeueInGrace(deps, task, waiting);
  if (waiting !== null) return waiting;
  const result = await orStale(deps, task.cause, review(deps, task, deadline));
  if (result.kind === 'reviewed' && result.grace !== null) {
    // Recorded last: a reminder that is recorded has a message that waits for the next one.
    if (result.grace.waits !== null) await requeueInGrace(deps, task, result.grace.waits);
    await result.grace.record();
  }
  measureReview(deps, task, result);
  logReview(deps, task, result);
  return result;
}

/** Handles one message. @throws if the message must be tried again */
async function handleMessage(
  deps: BatchDeps,
  { body, parsed, cause }: Message,
  { byUser, refused }: Reviews,
  deadline: Deadline,
): Promise<void> {
  switch (parsed.kind) {
    case 'dropped':
      return;
    case 'unpublished':
      return deps.publishWaiting(parsed.outcome);
    case 'tampering':
      return reportTampering(deps, parsed.tampering);
    case 'access': {
      const { change, credential } = parsed;
      await recordAccess(deps, [change]);
      if (credential === null) return;
      const result = await reportCredential(deps, change, credential);
      return result === 'stale' ? requeueStale(deps, body, cause) : undefined;
    }
    case 'probe':
      return recordProof(deps, parsed.probe);
    case 'orphan':
      return handleOrphan(deps, parsed.request, deadline);
    case 'name-taken':
      return reportNameTaken(deps, parsed.taken);
    case 'policy': {
      const work = reviewPolicy(deps, parsed.change, deadline);
      const result = await orStale(deps, parsed.change.cause, work);
      if (result.kind === 'stale') return requeueStale(deps, body, cause);
      return deps.publish(result.outcomes);
    }
    case 'changes': {
      const own = parsed.changes.map(async (change) => byUser.get(taskKey(change)));
      // Lambda freezes running work when the batch ends, so all reviews have to end first.
      const settled = await Promise.allSettled(own);
      if (settled.some(isRefused)) await refused;
      // A message that waits has nothing new. It was sent again, so it must not fail after that.
      await recordAccess(
        deps,
        parsed.changes.filter(({ graceUserId }) => graceUserId === undefined),
      );
      const results = await Promise.all(own);
      const early = results.find((result) => result?.kind === 'stale');
      if (early) return requeueStale(deps, body, cause, early.seconds);
      const repeatIn = Math.max(...results.map((result) => repeatOf(result)));
      if (repeatIn > 0) await requeueStale(deps, body, cause, repeatIn);
      return;
    }
    default:
      return parsed satisfies never;
  }
}

function repeatOf(result: Handled | undefined): number {
  return result?.kind === 'reviewed' ? result.repeatIn : 0;
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
    const isLong = now().getTime() - causeTime(cause) >= IAM_REFUSES_AT_MOST_MS;
    if (isLong || !treatmentOf(error)?.comesAgain) throw error;
    const { name, message } = error as Error;
    return {
      kind: 'stale',
      staleReads: [`IAM refuses the change temporarily: ${name}: ${message}`],
    };
  }
}

function measureReview({ measure, now }: BatchDeps, task: ReviewTask, result: ReviewResult): void {
  const { account, cause } = task;
  const user = userOf(task, result);
  const at = 'outcomes' in result ? result.at : now();
  const eventName = cause.kind === 'event' ? { eventName: cause.eventName } : {};
  const hadTime = task.changes.some(({ graceUserId }) => graceUserId !== undefined);
  const metrics = reviewMetrics(result, at, task.refusedSince !== null || hadTime);
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
