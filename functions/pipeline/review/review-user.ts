import { isCreation, isNaming } from '../../../events/cause.ts';
import { mergeExpectations } from '../../../events/expectation.ts';
import {
  expectationsOf,
  isLocked,
  lastAction,
  mayBeReserved,
} from '../../domain/review/action-log.ts';
import { isFresh, secondsUntilSettled, staleReads } from '../../domain/review/stale-reads.ts';
import type { ReviewTask } from '../../domain/review/tasks.ts';
import { isExemptionKey } from '../../domain/rules/exemption.ts';
import type { Settings } from '../../domain/rules/settings.ts';
import type { Reading } from '../../domain/rules/user-facts.ts';
import { inMemoryStateStore } from '../state-store.ts';
import { ActionLog } from './action-log.ts';
import { applyDecision } from './apply-decision.ts';
import { Deadline } from './deadline.ts';
import { goneEnrolments } from './enrolments.ts';
import { applyGrace, endGraceByMfa } from './grace.ts';
import { readUser, type UserRead } from './read-user.ts';
import { goneExemptionOutcomes } from './report-changes.ts';
import type { ReviewDeps } from './review-deps.ts';
import { lockedByOther, type ReviewResult } from './review-result.ts';

/**
 * The pipeline for one user: read, compare with the event, decide, enforce, publish. It can run for any user at any time,
 * because it acts only if the current state and the decided state are not the same.
 * @param deadline of the batch: until then the review may act on its readings
 * @returns the result and the published outcomes; stale if IAM does not show the change yet
 * @throws the error of a failed read, or of a write that another try may fix
 */
export async function review(
  deps: ReviewDeps,
  task: ReviewTask,
  deadline = new Deadline(deps.now),
): Promise<ReviewResult> {
  const { iam, settings } = deps;
  // Observe mode makes no change that must be published or that a read must show.
  const stateStore = settings.mode === 'observe' ? inMemoryStateStore() : deps.stateStore;
  const now = deps.now();
  const seconds = untilSettled(task, now);
  if (seconds > 0) return { kind: 'stale', staleReads: ['the enforcer’s own call'], seconds };
  const actionLog = await ActionLog.open({ ...deps, stateStore }, task.user);
  if (isLocked(actionLog.actions, now)) {
    return lockedByOther;
  }
  // An interrupted unblock may have left another block method.
  const allMethods = concernsOtherMethods(task) || actionLog.actions.pending !== null;
  const how = { likely: likelyReading(task, settings), allMethods };
  const userRead = await readUser(iam, settings, { user: task.user }, now, how);

  const wrong = staleReadsNow(task, userRead, actionLog, settings, now);
  if (wrong.length > 0) return { kind: 'stale', staleReads: wrong };
  // Without the table unpublished actions are unknown, so no user is blocked. An unblock goes ahead.
  if (userRead?.decision.action !== 'unblock') actionLog.requireTable();
  if (userRead === null) {
    if (!(await actionLog.claim(null))) return lockedByOther;
    if (mayBeReserved(actionLog.actions, null, now)) {
      await deps.enforcer.seenUnblocked(task.user, deletedAt(task, now), () =>
        actionLog.ensureAlone(),
      );
    }
    const unseen = [...goneExemptionOutcomes(deps, task), ...goneEnrolments(deps, task)];
    return { kind: 'gone', ...(await actionLog.publish(unseen, null)) };
  }
  deadline.check();
  const graced = await applyGrace(deps, task, userRead, actionLog.actions);
  if (graced === null) {
    return { kind: 'stale', staleReads: ['the reading shows an earlier user of the name'] };
  }
  const { userRead: decided, grace } = graced;
  const result = await applyDecision(deps, task, { ...decided, grace }, actionLog, deadline);
  if (result.kind !== 'reviewed') return result;
  try {
    await endGraceByMfa(deps, task, result.userRead);
  } catch (error) {
    // An unblock is done, and does not need the state table.
    if (result.userRead.decision.action !== 'unblock') throw error;
    deps.log.error('the end of a grace period could not be recorded', {
      user: task.user,
      error: error as Error,
    });
  }
  return result;
}

/** The stale reads: readings that contradict a fresh event, or a recent action of the enforcer. */
function staleReadsNow(
  { changes, changedAt }: ReviewTask,
  userRead: UserRead | null,
  { actions }: ActionLog,
  settings: Settings,
  now: Date,
): string[] {
  const action = lastAction(actions);
  const fresh = action && isFresh(new Date(action.at), now) ? action : null;
  const isFreshTask = changedAt !== null && isFresh(changedAt, now);
  const expectations = expectationsOf(isFreshTask ? changes : [], fresh, settings);
  return staleReads(userRead?.facts ?? null, mergeExpectations(expectations));
}

/**
 * Time of the user's deletion in a fresh event: a user with the same name that was created since may be blocked already.
 * Null without a fresh event, because IAM then shows the current state.
 */
function deletedAt({ changes, changedAt }: ReviewTask, now: Date): Date | null {
  if (changedAt === null || !isFresh(changedAt, now)) return null;
  const deleted = changes.findLast(({ expects }) => expects.exists === false);
  return deleted?.cause.kind === 'event' ? new Date(deleted.cause.eventTime) : null;
}

/**
 * The event of the enforcer's own call is reviewed when reads must show every change before it. Until then events arrive in
 * any order, and the actor who made a user unprotected has an event of their own. The review also corrects a block that a
 * stale read has caused, before the next sweep.
 * @returns seconds
 */
function untilSettled({ isOwnChange, changedAt }: ReviewTask, now: Date): number {
  return isOwnChange ? secondsUntilSettled(changedAt, now) : 0;
}

/** The reading that the event is about decides most reviews with the fewest calls. */
function likelyReading({ expects, cause }: ReviewTask, settings: Settings): Reading | undefined {
  // A new user has no device, but an exempt tag may decide.
  if (isCreation(cause)) return 'profile';
  // The new name may decide, too.
  if (settings.exemptUsers.length > 0 && isNaming(cause)) return 'profile';
  const tagKeys = Object.keys(expects.tags ?? {});
  if (tagKeys.some((key) => isExemptionKey(key, settings))) return 'profile';
  return expects.devices ? 'devices' : undefined;
}

/** Whether the change or the sweep concerns another block method. All methods must then be read, independent of the quotas. */
function concernsOtherMethods({ changes, expects }: ReviewTask): boolean {
  if (expects.groups || expects.boundary !== undefined) return true;
  return changes.some(({ cause, otherMethods = true }) =>
    cause.kind === 'sweep'
      ? otherMethods
      : cause.eventName === 'PutUserPolicy' || cause.eventName === 'DeleteUserPolicy',
  );
}
