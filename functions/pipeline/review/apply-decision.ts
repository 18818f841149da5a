import { NoSuchEntityException } from '@aws-sdk/client-iam';
import type { BlockMethod } from '../../../events/outcome.ts';
import {
  blockedOutcome,
  couldNotOutcome,
  slackMemberOf,
  type Told,
  unblockedOutcome,
} from '../../domain/outcomes/outcomes.ts';
import {
  type DeedOutcome,
  isNamed,
  leftUntold,
  mayBeReserved,
} from '../../domain/review/action-log.ts';
import { secondsUntilSettled } from '../../domain/review/stale-reads.ts';
import type { ReviewTask } from '../../domain/review/tasks.ts';
import type { DeedBook } from './action-log.ts';
import type { TimeToAct } from './deadline.ts';
import { pauseForDeletion } from './deletion-pause.ts';
import type { Enforced, Refusal } from './enforcement-result.ts';
import { exemptionOutcomes } from './exemption-changes.ts';
import type { Examined } from './read-user.ts';
import { type Reviewer, type ReviewResult, somebodyElse } from './review-result.ts';

/**
 * Does what was decided about one user, and says what is to be told: the deed itself, what a dead try had left untold,
 * and news of the user's exemption.
 * @throws what another try may mend, and where the time to act is over
 */
export async function carryOut(
  reviewer: Reviewer,
  task: ReviewTask,
  examined: Examined,
  book: DeedBook,
  time: TimeToAct,
): Promise<ReviewResult> {
  const { iam, settings, enforcer, now } = reviewer;
  const { facts, decision } = examined;
  const slackMember = slackMemberOf(facts.profile?.tags, settings);
  const told: Told = {
    user: facts.user,
    decision,
    slackMember,
    cause: task.cause,
    settings,
    now: now(),
  };
  const exemptions = await exemptionOutcomes(iam, told, task, examined);
  const before = leftUntold(book.deeds, decision);
  const reviewed = (deed: DeedOutcome | null): ReviewResult => {
    // Of the same change a dead try tells no second time.
    const deeds = [...before.filter(({ id }) => id !== deed?.id), ...(deed ? [deed] : [])];
    const outcomes = [...exemptions, ...deeds];
    const at = now();
    return { kind: 'reviewed', examined, outcomes, told: () => book.settle(before, deed, at) };
  };
  const refused = (refusal: Refusal): ReviewResult => {
    const outcomes = [...exemptions, ...before];
    if (refusal.kind === 'breaker-open') {
      const waiting = task.changes.some(({ refusedSince }) => refusedSince === book.deeds.refused);
      return {
        ...refusal,
        user: facts.user,
        since:
          waiting && book.deeds.refused !== undefined
            ? new Date(book.deeds.refused)
            : (task.refusedSince ?? told.now),
        named: task.refusedSince !== null || isNamed(book.deeds, told.now),
        outcomes,
        told: () => book.settle(before, null, told.now, false),
        markNamed: () => book.markNamed(told.now),
      };
    }
    outcomes.push(couldNotOutcome(told, refusal.why, refusal.boundarySeen));
    const settled = () => book.settle(before, null, told.now);
    return { kind: 'reviewed', examined, outcomes, told: settled };
  };
  const endReservation = async () => {
    if (decision.blocked || !mayBeReserved(book.deeds, facts, now())) return;
    await enforcer.seenUnblocked(task.user, null, () => book.claim());
  };
  const { action } = decision;
  if (action === 'none') {
    if (!(await book.takeOver(before))) return somebodyElse;
    await endReservation();
    return reviewed(null);
  }

  const paused = action === 'block' ? await pauseForDeletion(reviewer, task, facts.user) : null;
  if (paused !== null) {
    await endReservation();
    return paused;
  }

  // Asked for first: what a dead try had begun, it had leave for.
  const leave = action === 'block' ? await enforcer.reserve(task.user, task.changedAt) : null;
  if (leave && leave.kind !== 'granted') {
    if (!(await book.takeOver(before))) return somebodyElse;
    return refused(leave);
  }
  const methods = examined.facts.attachments?.methods ?? [];
  const begun = book.deeds.begun?.outcome;
  const brokenOff = begun && isRestOf(methods, begun) ? begun : null;
  const planned =
    action === 'block'
      ? blockedOutcome(told, 'managed-policy')
      : (brokenOff ?? unblockedOutcome(told, methods));
  const isReserved = mayBeReserved(book.deeds, examined.facts, now());
  let deed: DeedOutcome | null = null;
  try {
    time.check();
    deed = await book.begin(planned, before);
  } finally {
    if (deed === null) await leave?.cancel();
  }
  if (deed === null) return somebodyElse;
  const nothingDone = async () => {
    await leave?.cancel();
    await book.abandoned();
  };
  const enforced = await attempt(book, nothingDone, () =>
    leave
      ? leave.block(examined.facts, time, secondsUntilSettled(task.changedAt, now()))
      : enforcer.unblock(examined.facts, isReserved, time),
  );
  switch (enforced.kind) {
    case 'blocked':
      if (deed.kind !== 'user-blocked') return reviewed(deed);
      return reviewed({ ...deed, method: enforced.method, boundarySeen: enforced.boundarySeen });
    case 'unblocked':
      if (deed.kind !== 'user-unblocked' || brokenOff) return reviewed(deed);
      return reviewed({ ...deed, methods: [...enforced.methods] });
    case 'not-there':
      await nothingDone();
      return { kind: 'too-early', contradictions: ['nothing is there to take away'] };
    case 'too-early':
      await nothingDone();
      return { ...enforced, contradictions: ['a permissions boundary may not show yet'] };
    case 'could-not':
      await nothingDone();
      return refused(enforced);
    default:
      return enforced satisfies never;
  }
}

/** An unblock that another try has begun: what is left of it is no unblock of its own. */
function isRestOf(methods: readonly BlockMethod[], outcome: DeedOutcome): boolean {
  if (outcome.kind !== 'user-unblocked' || outcome.methods.length <= methods.length) return false;
  return methods.every((method) => outcome.methods.includes(method));
}

async function attempt(
  book: DeedBook,
  nothingDone: () => Promise<void>,
  act: () => Promise<Enforced>,
): Promise<Enforced> {
  try {
    return await act();
  } catch (error) {
    // No such user, or policy: then nothing was done. Of other errors one cannot know.
    const { attempts = 1 } = error instanceof NoSuchEntityException ? error.$metadata : {};
    if (error instanceof NoSuchEntityException && attempts === 1) await nothingDone();
    else await book.failed();
    throw error;
  }
}
