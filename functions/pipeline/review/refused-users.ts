import { breakerOutcome } from '../../domain/outcomes/outcomes.ts';
import { waitingSince } from '../../domain/review/refused-users.ts';
import type { ReviewTask } from '../../domain/review/tasks.ts';
import { ActionLog } from './action-log.ts';
import type { StillInGrace } from './grace.ts';
import { requeueRefused } from './requeue.ts';
import type { BatchDeps, ReviewDeps } from './review-deps.ts';
import type { ReviewResult } from './review-result.ts';

/** There is still no room: this message waits on, or another message of the user does. */
type StillFull =
  | { readonly kind: 'waits'; readonly since: Date }
  | { readonly kind: 'waits-already' };

/** The result of a user's review. */
export type Handled = ReviewResult | StillFull | StillInGrace;

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
  const since = waitingSince(changes, actionLog.actions.refused, deps.now());
  return since === null ? { kind: 'waits-already' } : { kind: 'waits', since };
}

/** Whether the circuit breaker refused the user. */
export function isRefused(settled: PromiseSettledResult<Handled | undefined>): boolean {
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
  reviews: ReadonlyMap<string, Promise<Handled>>,
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
  await allEnded(refused.map(({ task, value }) => requeueRefused(deps, task, value.since)));
  await allEnded(unnamed.map(({ markNamed }) => markNamed()));
}

/** Waits until all work has ended, because Lambda freezes running work when the batch ends. @throws the first failure */
async function allEnded(work: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(work);
  await Promise.all(work);
}
