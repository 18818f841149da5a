import { breakerOutcome } from '../../domain/outcomes/outcomes.ts';
import {
  goesOnWaiting,
  secondsUntilRoom,
  waitingRequest,
} from '../../domain/review/refused-users.ts';
import type { ReviewTask } from '../../domain/review/tasks.ts';
import { sendMessage } from '../../io/sqs.ts';
import { type Publisher, publish } from '../publish.ts';
import { ActionLog } from './action-log.ts';
import type { Reviewer, ReviewResult } from './review-result.ts';

/** There is no room still: the user goes on waiting, or another message of the user does. */
export type StillFull =
  | { readonly kind: 'waits'; readonly since: Date }
  | { readonly kind: 'waits-already' };

/**
 * What becomes of a refused user's messages while there is no room, without reading the user; null where the user is to be
 * reviewed.
 */
export async function stillFull(
  { enforcer, stateStore, settings, log, now }: Reviewer,
  { user, refusedSince, changes }: ReviewTask,
): Promise<StillFull | null> {
  if (refusedSince === null || !(await enforcer.isFull(user))) return null;
  const actionLog = await ActionLog.open(stateStore, settings.account, user, now, log);
  actionLog.requireTable();
  const named = actionLog.actions.refused;
  // A sweep's message waits beside another one, which may have failed for good.
  const waiting = changes.flatMap(({ refusedSince, cause }) =>
    refusedSince && goesOnWaiting(refusedSince, cause.kind === 'sweep' ? undefined : named, now())
      ? [refusedSince]
      : [],
  );
  const since = waiting.find((one) => one === named) ?? waiting[0];
  return since === undefined
    ? { kind: 'waits-already' }
    : { kind: 'waits', since: new Date(since) };
}

/**
 * A refused user comes back until there is room: first when IAM's list has settled, then as much later as the user has
 * waited. In observe mode there is nothing to wait for.
 */
async function waitForRoom(
  { sqs, queueUrl, settings, now }: Reviewer & Publisher,
  { account, user, cause }: ReviewTask,
  since: Date,
): Promise<void> {
  if (settings.mode === 'observe') return;
  const delay = secondsUntilRoom(since, now());
  await sendMessage(sqs, queueUrl, waitingRequest(account, user, cause, since), delay, account);
}

/** Whether the circuit breaker refused the user. */
export function isRefused(
  settled: PromiseSettledResult<ReviewResult | StillFull | undefined>,
): boolean {
  const kind = settled.status === 'fulfilled' ? settled.value?.kind : undefined;
  return kind === 'breaker-open' || kind === 'waits';
}

/**
 * The refused users of a batch wait for room, and those who are new are named together. That they are named is written down
 * last: it says that a message waits.
 */
export async function refusedUsers(
  pipeline: Reviewer & Publisher,
  tasks: readonly ReviewTask[],
  reviews: ReadonlyMap<string, Promise<ReviewResult | StillFull>>,
): Promise<void> {
  const results = await Promise.allSettled(reviews.values());
  const refused = tasks.flatMap((task, index) => {
    const result = results[index];
    const value = result?.status === 'fulfilled' ? result.value : null;
    return value?.kind === 'breaker-open' || value?.kind === 'waits' ? [{ task, value }] : [];
  });
  const unnamed = refused.flatMap(({ task: { cause }, value }) =>
    value.kind === 'breaker-open' && !value.named ? [{ ...value, cause }] : [],
  );
  const [first] = unnamed;
  if (first !== undefined) {
    const users = unnamed.map(({ user }) => user);
    const { settings, now } = pipeline;
    await publish(pipeline, [breakerOutcome(users, first, first.cause, settings, now())]);
  }
  await allEnded(refused.map(({ task, value }) => waitForRoom(pipeline, task, value.since)));
  await allEnded(unnamed.map(({ markNamed }) => markNamed()));
}

/** Waits until all have ended, since Lambda freezes what is still under way when the batch is answered. @throws the first failure */
async function allEnded(work: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(work);
  await Promise.all(work);
}
