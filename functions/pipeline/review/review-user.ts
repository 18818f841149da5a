import { isCreation, isNaming } from '../../../events/cause.ts';
import { mergeExpectations } from '../../../events/expectation.ts';
import {
  expectationsOf,
  isLocked,
  lastAction,
  mayBeReserved,
  unpublishedActions,
} from '../../domain/review/action-log.ts';
import { isFresh, secondsUntilSettled, staleReads } from '../../domain/review/stale-reads.ts';
import type { ReviewTask } from '../../domain/review/tasks.ts';
import { isExemptionKey } from '../../domain/rules/exemption.ts';
import type { Settings } from '../../domain/rules/settings.ts';
import type { Reading } from '../../domain/rules/user-facts.ts';
import { inMemoryStateStore } from '../state-store.ts';
import { ActionLog } from './action-log.ts';
import { applyDecision } from './apply-decision.ts';
import { ActionDeadline } from './deadline.ts';
import { readUser, type UserRead } from './read-user.ts';
import { lockedByOther, type Reviewer, type ReviewResult } from './review-result.ts';

/**
 * The whole pipeline for one user: observe, compare with the event, decide, enforce. Harmless on anyone at
 * any time: it acts only on a difference between what is and what should be.
 * @param begun when the invocation was: its readings are as old at most
 * @returns what was found and the outcomes to publish; stale where IAM does not show the change yet
 * @throws whatever a failed read or a write that another try may fix throws
 */
export async function review(
  reviewer: Reviewer,
  task: ReviewTask,
  begun: Date = reviewer.now(),
): Promise<ReviewResult> {
  const { iam, settings } = reviewer;
  // In observe mode nothing is done that could go unpublished, or that a reading would have to show.
  const stateStore = settings.mode === 'observe' ? inMemoryStateStore() : reviewer.stateStore;
  const now = reviewer.now();
  const seconds = untilSettled(task, now);
  if (seconds > 0) return { kind: 'stale', staleReads: ['our own call'], seconds };
  const { log } = reviewer;
  const actionLog = await ActionLog.open(
    stateStore,
    settings.account,
    task.user,
    reviewer.now,
    log,
  );
  if (isLocked(actionLog.actions, now)) {
    return lockedByOther;
  }
  // An unblock that was broken off may have left another block method.
  const allMethods = concernsOtherMethods(task) || actionLog.actions.pending !== null;
  const how = { likely: likelyReading(task, settings), allMethods };
  const userRead = await readUser(iam, settings, { user: task.user }, now, how);

  const wrong = staleReadsNow(task, userRead, actionLog, settings, now);
  if (wrong.length > 0) return { kind: 'stale', staleReads: wrong };
  // Without the table nobody knows what was left unpublished, and nobody is blocked; but nobody stays blocked for that.
  if (userRead?.decision.action !== 'unblock') actionLog.requireTable();
  if (userRead === null) {
    const outcomes = unpublishedActions(actionLog.actions, null);
    if (!(await actionLog.claim(outcomes))) return lockedByOther;
    if (mayBeReserved(actionLog.actions, null, now)) {
      await reviewer.enforcer.seenUnblocked(task.user, deletedAt(task, now), () =>
        actionLog.ensureAlone(),
      );
    }
    return {
      kind: 'gone',
      outcomes,
      markPublished: () => actionLog.markPublished(outcomes, null, now),
    };
  }
  const time = new ActionDeadline(begun, reviewer.now);
  time.check();
  return applyDecision(reviewer, task, userRead, actionLog, time);
}

/** Where the reading says other than a fresh event, or than what the enforcer itself did a moment ago. */
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
 * When the user was deleted, as a fresh event says: clocks differ, and a user who was made anew since may be blocked
 * already. Null where no event is fresh: IAM shows it all by then.
 */
function deletedAt({ changes, changedAt }: ReviewTask, now: Date): Date | null {
  if (changedAt === null || !isFresh(changedAt, now)) return null;
  const deleted = changes.findLast(({ expects }) => expects.exists === false);
  return deleted?.cause.kind === 'event' ? new Date(deleted.cause.eventTime) : null;
}

/**
 * The event of our own call is looked at once every reading must show what was before it. Until then events of one moment
 * come in any order: whoever made somebody unprotected will be named by an event of their own. And a block that a late
 * reading misled is undone by then, not by the sweep.
 * @returns seconds
 */
function untilSettled({ isOwnChange, changedAt }: ReviewTask, now: Date): number {
  return isOwnChange ? secondsUntilSettled(changedAt, now) : 0;
}

/** Reading first what the event speaks of settles most reviews with the fewest calls. */
function likelyReading({ expects, cause }: ReviewTask, settings: Settings): Reading | undefined {
  // A new user has no device; a tag may settle it.
  if (isCreation(cause)) return 'profile';
  // So may the new name, which is news.
  if (settings.exemptUsers.length > 0 && isNaming(cause)) return 'profile';
  const tagKeys = Object.keys(expects.tags ?? {});
  if (tagKeys.some((key) => isExemptionKey(key, settings))) return 'profile';
  return expects.devices ? 'devices' : undefined;
}

/** Someone touched another block method, or the sweep saw one: these must be looked at, wherever the quota stands. */
function concernsOtherMethods({ changes, expects }: ReviewTask): boolean {
  if (expects.groups || expects.boundary !== undefined) return true;
  return changes.some(({ cause, otherMethods = true }) =>
    cause.kind === 'sweep'
      ? otherMethods
      : cause.eventName === 'PutUserPolicy' || cause.eventName === 'DeleteUserPolicy',
  );
}
