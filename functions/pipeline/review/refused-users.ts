import { breakerOutcome } from '../../domain/outcomes/outcomes.ts';
import {
  goesOnWaiting,
  secondsUntilRoom,
  waitingRequest,
} from '../../domain/review/refused-users.ts';
import type { ReviewTask } from '../../domain/review/tasks.ts';
import { sendMessage } from '../../io/sqs.ts';
import { ActionLog } from './action-log.ts';
import type { BatchDeps, ReviewDeps } from './review-deps.ts';
import type { ReviewResult } from './review-result.ts';

/** There is still no room: this message waits on, or another message of the user does. */
export type StillFull =
  | { readonly kind: 'waits'; readonly since: Date }
  | { readonly kind: 'waits-already' };

/**
 * Whether a refused user still waits for room, without reading the user; null to review the user.
 */
export async function stillFull(
  deps: ReviewDeps,
  { user, refusedSince, changes }: ReviewTask,
): Promise<StillFull | null> {
  if (refusedSince === null || !(await deps.enforcer.isFull(user))) return null;
  const actionLog = await ActionLog.open(deps, user);
  actionLog.requireTable();
  const named = actionLog.actions.refused;
  // A sweep's message waits beside another one, which may have failed permanently.
  const waiting = changes.flatMap(({ refusedSince, cause }) =>
    refusedSince &&
    goesOnWaiting(refusedSince, cause.kind === 'sweep' ? undefined : named, deps.now())
      ? [refusedSince]
      : [],
  );
  const since = waiting.find((one) => one === named) ?? waiting[0];
  return since === undefined
    ? { kind: 'waits-already' }
    : { kind: 'waits', since: new Date(since) };
}

/**
 * Requeues a refused user until there is room: first when IAM's list is current, then with a delay that grows with the time
 * that the user has waited. Observe mode waits for nothing.
 */
async function waitForRoom(
  { sqs, queueUrl, settings, now }: BatchDeps,
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
 * Requeues the refused users of a batch, and reports the new ones together. The record of the report comes last, because it
 * says that a message waits.
 */
export async function refusedUsers(
  deps: BatchDeps,
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
    const { settings, now } = deps;
    await deps.publish([breakerOutcome(users, first, first.cause, settings, now())]);
  }
  await allEnded(refused.map(({ task, value }) => waitForRoom(deps, task, value.since)));
  await allEnded(unnamed.map(({ markNamed }) => markNamed()));
}

/** Waits until all work has ended, because Lambda freezes running work when the batch ends. @throws the first failure */
async function allEnded(work: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(work);
  await Promise.all(work);
}
