import type { BlockMethod, Outcome } from '../../../events/outcome.ts';
import { stateKeys } from '../../../events/state-keys.ts';
import { emailOf } from '../../domain/notify/email-of.ts';
import {
  blockedOutcome,
  couldNotOutcome,
  type OutcomeContext,
  slackMemberOf,
  unblockedOutcome,
} from '../../domain/outcomes/outcomes.ts';
import { type ActionOutcome, isNamed, mayBeReserved } from '../../domain/review/action-log.ts';
import { deletionPause } from '../../domain/review/deletion-pause.ts';
import { mayBeDone } from '../../domain/review/iam-errors.ts';
import { waitingSince } from '../../domain/review/refused-users.ts';
import { secondsUntilRepeated, secondsUntilSettled } from '../../domain/review/stale-reads.ts';
import type { ReviewTask } from '../../domain/review/tasks.ts';
import type { UserFacts } from '../../domain/rules/user-facts.ts';
import { readEnrolmentProblem } from '../enrolment.ts';
import type { ActionLog } from './action-log.ts';
import { waitInContest } from './contested.ts';
import type { Deadline } from './deadline.ts';
import type { Enforced, Refusal } from './enforcement-result.ts';
import {
  type JudgedEnrolment,
  judgeEnrolments,
  suspiciousEnrolments,
  withEnrolment,
} from './enrolments.ts';
import type { GraceInReview } from './grace.ts';
import type { UserRead } from './read-user.ts';
import { exemptionOutcomes } from './report-changes.ts';
import type { ReviewDeps } from './review-deps.ts';
import { lockedByOther, type ReviewResult } from './review-result.ts';

/**
 * Carries out the decision about one user, and publishes the action, the actions that a crashed try left unpublished, changes
 * of the user's exemption, and suspicious enrolments.
 * @throws errors that another try may fix, and after the deadline
 */
export async function applyDecision(
  deps: ReviewDeps,
  task: ReviewTask,
  userRead: UserRead & { readonly grace: GraceInReview | null },
  actionLog: ActionLog,
  deadline: Deadline,
): Promise<ReviewResult> {
  const { iam, settings, enforcer, now } = deps;
  const { facts, decision, grace } = userRead;
  const tags = facts.profile?.tags;
  // A review that blocks or unblocks has read the profile.
  const email = emailOf(facts.user, tags, settings);
  const context: OutcomeContext = {
    user: facts.user,
    decision,
    slackMember: slackMemberOf(tags, settings),
    ...(email === null ? {} : { email }),
    cause: task.cause,
    settings,
    now: now(),
  };
  // A message that waits has no change to report: its cause is the one of its begin.
  const waits = task.changes.every(({ graceUserId }) => graceUserId !== undefined);
  const exemptions = waits ? [] : await exemptionOutcomes(iam, context, task, userRead);
  const reportsOf = (enrolments: readonly JudgedEnrolment[]): Outcome[] => [
    ...exemptions,
    ...suspiciousEnrolments(context, enrolments),
  ];
  const reviewed = async (
    action: ActionOutcome | null,
    ...others: Outcome[]
  ): Promise<ReviewResult> => {
    // After the action: a user who enrolled does not wait for it.
    const enrolments = await judgeEnrolments(deps, task, userRead);
    const published = await actionLog.publish(
      [...reportsOf(enrolments), ...(grace?.reminder(context) ?? []), ...others],
      action?.kind === 'user-unblocked' ? withEnrolment(action, enrolments) : action,
    );
    // A user who has time to enrol is read again at the next step.
    const isIdle = decision.action === 'none' && grace === null;
    const repeatIn = isIdle ? secondsUntilRepeated(task, decision.blocked, now()) : 0;
    return { kind: 'reviewed', userRead, repeatIn, grace, ...published };
  };
  const refused = async (refusal: Refusal): Promise<ReviewResult> => {
    if (refusal.kind === 'could-not') {
      return reviewed(null, couldNotOutcome(context, refusal.why, refusal.boundarySeen));
    }
    const since = waitingSince(task.changes, actionLog.actions.refused, context.now) ?? context.now;
    // The message that waits for room has none of the task's changes, so they are reported now.
    const enrolments = await judgeEnrolments(deps, task, userRead);
    return {
      ...refusal,
      ...(await actionLog.publish(reportsOf(enrolments), null, false)),
      user: facts.user,
      since,
      named: task.refusedSince !== null || isNamed(actionLog.actions, context.now),
      // The time tells which message waits.
      markNamed: () => actionLog.markNamed(since),
    };
  };
  const endReservation = async () => {
    if (decision.blocked || !mayBeReserved(actionLog.actions, facts, now())) return;
    await enforcer.seenUnblocked(task.user, null, () => actionLog.ensureAlone());
  };
  const { action } = decision;
  // Also a review that does not block records removals: their events come late. An unblock works without the state table.
  const contested = action === 'unblock' ? null : await waitInContest(deps, task, context);
  if (action === 'none') {
    if (contested !== null || !(await actionLog.claim(decision))) return lockedByOther;
    await endReservation();
    return reviewed(null);
  }

  const paused = action === 'block' ? await pauseForDeletion(deps, task, facts.user) : null;
  const waiting = paused ?? contested;
  if (waiting !== null) {
    await endReservation();
    return waiting;
  }

  // The reservation comes before the log entry, so that a logged action has one even after a crash.
  const reservation = action === 'block' ? await enforcer.reserve(task.user, task.changedAt) : null;
  if (reservation && reservation.kind !== 'reserved') {
    if (!(await actionLog.claim(decision))) return lockedByOther;
    return refused(reservation);
  }
  const methods = userRead.facts.attachments?.methods ?? [];
  const begun = actionLog.actions.pending?.outcome;
  const brokenOff = begun && isRestOf(methods, begun) ? begun : null;
  const planned =
    action === 'block'
      ? blockedOutcome(context, 'managed-policy')
      : (brokenOff ?? unblockedOutcome(context, methods));
  const isReserved = mayBeReserved(actionLog.actions, userRead.facts, now());
  let pending: ActionOutcome | null = null;
  try {
    deadline.check();
    pending = await actionLog.begin(planned, decision);
  } finally {
    if (pending === null) await reservation?.cancel();
  }
  if (pending === null) return lockedByOther;
  const nothingDone = async () => {
    await reservation?.cancel();
    await actionLog.cancel();
  };
  const enforced = await attempt(actionLog, nothingDone, () =>
    reservation
      ? reservation.block(userRead.facts, deadline, secondsUntilSettled(task.changedAt, now()))
      : enforcer.unblock(userRead.facts, isReserved, deadline),
  );
  switch (enforced.kind) {
    case 'blocked':
      if (pending.kind !== 'user-blocked') return reviewed(pending);
      return reviewed({
        ...pending,
        method: enforced.method,
        boundarySeen: enforced.boundarySeen,
        ...(await enrolmentOf(deps, userRead.facts)),
      });
    case 'unblocked':
      if (pending.kind !== 'user-unblocked' || brokenOff) return reviewed(pending);
      return reviewed({ ...pending, methods: [...enforced.methods] });
    case 'not-there':
      await nothingDone();
      return { kind: 'stale', staleReads: ['nothing is there to take away'] };
    case 'stale':
      await nothingDone();
      return { ...enforced, staleReads: ['a permissions boundary may not show yet'] };
    case 'could-not':
      await nothingDone();
      return refused(enforced);
    default:
      return enforced satisfies never;
  }
}

// Most of the time of a batch is left for its other users.
const SIMULATION_MS = 3_000;

/** What the outcome of a block says of enrolling. The user is blocked already, so a failure stops nothing. */
async function enrolmentOf({ iam, settings }: ReviewDeps, facts: UserFacts) {
  const signal = AbortSignal.timeout(SIMULATION_MS);
  const reasonOf = (error: unknown) => ({ text: `AWS answered ${(error as Error).name}` });
  const enrolmentProblem = await readEnrolmentProblem(iam, settings, facts, reasonOf, signal);
  return enrolmentProblem === null ? {} : { enrolmentProblem };
}

/** Whether another try has begun the unblock. The rest of it is not an unblock of its own. */
function isRestOf(methods: readonly BlockMethod[], outcome: ActionOutcome): boolean {
  if (outcome.kind !== 'user-unblocked' || outcome.methods.length <= methods.length) return false;
  return methods.every((method) => outcome.methods.includes(method));
}

async function attempt(
  actionLog: ActionLog,
  nothingDone: () => Promise<void>,
  act: () => Promise<Enforced>,
): Promise<Enforced> {
  try {
    return await act();
  } catch (error) {
    if (mayBeDone(error)) await actionLog.markFailed();
    else await nothingDone();
    throw error;
  }
}

// Longer than one day: a user is paused once a day.
const REMEMBERED_MS = 2 * 24 * 60 * 60_000;

/**
 * Delays the block of a user that an administrator may be about to delete. All reviews of the user wait, because a deletion
 * makes several events.
 * @param user the user to block
 * @returns when to read again; null to block the user now
 * @throws the error of the state store
 */
async function pauseForDeletion(
  { stateStore, settings, now }: ReviewDeps,
  { changes }: ReviewTask,
  user: string,
): Promise<ReviewResult | null> {
  // Observe mode blocks no user, so nothing delays a deletion.
  if (settings.mode === 'observe') return null;
  const id = stateKeys.deletionPause(settings.account, user);
  const remembered = await stateStore.get(id);
  const pause = deletionPause(changes, remembered, settings, now());
  if (pause === null) return null;
  if (pause.since !== remembered) {
    const expires = new Date(now().getTime() + REMEMBERED_MS);
    const { done } = await stateStore.compareAndSet(id, remembered, pause.since, expires);
    if (!done) return lockedByOther;
  }
  return {
    kind: 'stale',
    staleReads: ['an administrator removed a block method, and may delete the user'],
    seconds: pause.seconds,
  };
}
