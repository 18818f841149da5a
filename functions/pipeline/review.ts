import { type IAMClient, NoSuchEntityException } from '@aws-sdk/client-iam';
import type { Cause } from '../../events/cause.ts';
import { mergeExpectations } from '../../events/expectation.ts';
import type { Outcome, Reason, Rung } from '../../events/outcome.ts';
import { contradictions, isFresh } from '../domain/contradictions.ts';
import { type DeedOutcome, expectationsOf, isBusy, lastDeed, leftUntold } from '../domain/deeds.ts';
import { exemptionOf, isExemptionKey } from '../domain/exemption.ts';
import { exemptionNews, isBySelf } from '../domain/exemption-news.ts';
import {
  couldNotOutcome,
  exemptionOutcome,
  heldOutcome,
  releasedOutcome,
  type Told,
} from '../domain/outcomes.ts';
import type { Settings } from '../domain/settings.ts';
import { slackMemberOf } from '../domain/slack-member.ts';
import type { ReviewTask } from '../domain/tasks.ts';
import type { Reading } from '../domain/user-facts.ts';
import { hasPassword } from '../io/iam/has-password.ts';
import { DeedBook } from './deed-book.ts';
import type { Enforcer } from './enforce.ts';
import type { Enforced, Refusal } from './enforced.ts';
import { type Examined, examine } from './examine.ts';
import { type Memory, ownMemory } from './memory.ts';

export type ReviewResult =
  | {
      readonly kind: 'reviewed';
      readonly examined: Examined;
      readonly outcomes: readonly Outcome[];
      /** To be called once the outcomes were published. */
      readonly told: () => Promise<void>;
    }
  | {
      readonly kind: 'gone';
      readonly outcomes: readonly Outcome[];
      readonly told: () => Promise<void>;
    }
  | { readonly kind: 'too-early'; readonly contradictions: readonly string[] }
  | {
      readonly kind: 'breaker-open';
      readonly held: number;
      readonly limit: number;
      readonly outcomes: readonly Outcome[];
      readonly told: () => Promise<void>;
    };

export interface Reviewer {
  readonly iam: IAMClient;
  readonly settings: Settings;
  readonly enforcer: Enforcer;
  /** What was done to whom, and what of it is still to be told. */
  readonly memory: Memory;
  readonly now: () => Date;
}

/**
 * The whole pipeline for one user: observe, compare with the event, decide, enforce. Harmless on anyone at
 * any time: it acts only on a difference between what is and what should be.
 * @returns what was found and the outcomes to publish; too-early where IAM does not show the change yet
 * @throws whatever a failed read or a write that another try may mend throws
 */
export async function review(reviewer: Reviewer, task: ReviewTask): Promise<ReviewResult> {
  const { iam, settings } = reviewer;
  // In observe mode nothing is done that could go untold, or that a reading would have to show.
  const memory = settings.mode === 'observe' ? ownMemory() : reviewer.memory;
  const now = reviewer.now();
  const book = await DeedBook.open(memory, settings.account, task.user, reviewer.now);
  if (isBusy(book.deeds, now)) {
    return somebodyElse;
  }
  // A release that was broken off may have left a lower rung.
  const allRungs = concernsLowerRungs(task) || book.deeds.begun !== null;
  const how = { likely: likelyReading(task, settings), allRungs };
  const examined = await examine(iam, settings, { user: task.user }, now, how);

  const wrong = contradictionsNow(task, examined, book, settings, now);
  if (wrong.length > 0) return { kind: 'too-early', contradictions: wrong };
  if (examined === null) {
    const outcomes = leftUntold(book.deeds, null);
    if (!(await book.takeOver(outcomes))) return somebodyElse;
    return { kind: 'gone', outcomes, told: () => book.settle(outcomes, null) };
  }
  if (examined.decision.action !== 'none' && isYoungEcho(task, now)) {
    return { kind: 'too-early', contradictions: ['whoever made this necessary will claim it'] };
  }
  const isOld = () => reviewer.now().getTime() - now.getTime() > READING_LASTS_MS;
  return isOld() ? tooOld : enforce(reviewer, task, examined, book, isOld);
}

/** Where the reading says other than a fresh event, or than what the enforcer itself did a moment ago. */
function contradictionsNow(
  { changes, changedAt }: ReviewTask,
  examined: Examined | null,
  { deeds }: DeedBook,
  settings: Settings,
  now: Date,
): string[] {
  const deed = lastDeed(deeds);
  const fresh = deed && isFresh(new Date(deed.at), now) ? deed : null;
  const isFreshTask = changedAt !== null && isFresh(changedAt, now);
  const expectations = expectationsOf(isFreshTask ? changes : [], fresh, settings);
  return contradictions(examined?.facts ?? null, mergeExpectations(expectations));
}

// No invocation takes longer: Lambda had frozen this one, with its answer given, and goes on with it in the next.
const READING_LASTS_MS = 60_000;

/**
 * Events of one moment come in any order: the echo of our own call may overtake the change it belongs to. Whoever made
 * somebody unprotected will be named by an event of their own; and where nobody else did anything, a reading that
 * differs from what we did a moment ago is a late one.
 */
function isYoungEcho({ onlyOurs, changedAt }: ReviewTask, now: Date): boolean {
  return onlyOurs && changedAt !== null && isFresh(changedAt, now);
}

async function enforce(
  { iam, settings, enforcer, now }: Reviewer,
  task: ReviewTask,
  examined: Examined,
  book: DeedBook,
  isOld: () => boolean,
): Promise<ReviewResult> {
  const { decision } = examined;
  const slackMember = slackMemberOf(examined.facts.profile?.tags, settings);
  const told: Told = {
    user: task.user,
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
    return { kind: 'reviewed', examined, outcomes, told: () => book.settle(before, deed) };
  };
  const refused = (refusal: Refusal, left: readonly DeedOutcome[]): ReviewResult => {
    const outcomes = [...exemptions, ...left];
    const settled = () => book.settle(left, null);
    if (refusal.kind === 'breaker-open') return { ...refusal, outcomes, told: settled };
    outcomes.push(couldNotOutcome(told, refusal.why));
    return { kind: 'reviewed', examined, outcomes, told: settled };
  };
  const { action } = decision;
  if (action === 'none') {
    return (await book.takeOver(before)) ? reviewed(null) : somebodyElse;
  }

  // Asked for first: what a dead try had begun, it had leave for.
  const leave = action === 'hold' ? await enforcer.permit() : null;
  if (leave && leave.kind !== 'granted') {
    if (!(await book.takeOver(before))) return somebodyElse;
    return refused(leave, before);
  }
  const rungs = examined.facts.holds?.rungs ?? [];
  const brokenOff = before.find((one) => isRestOf(rungs, one));
  const planned =
    action === 'hold'
      ? heldOutcome(told, 'managed-policy')
      : (brokenOff ?? releasedOutcome(told, rungs));
  const deed = isOld() ? null : await book.begin(planned, before);
  if (deed === null) {
    await leave?.giveBack();
    return isOld() ? tooOld : somebodyElse;
  }
  // What cannot be done now was not done by a dead try either.
  const others = before.filter(({ kind }) => kind !== planned.kind);
  const enforced = await attempt(book, () =>
    leave
      ? leave.hold(examined.facts)
      : enforcer.release(examined.facts, lastDeed(book.deeds)?.action === 'hold'),
  );
  switch (enforced.kind) {
    case 'held':
      return reviewed(deed.kind === 'user-held' ? { ...deed, rung: enforced.rung } : deed);
    case 'released':
      if (deed.kind !== 'user-released' || brokenOff) return reviewed(deed);
      return reviewed({ ...deed, rungs: [...enforced.rungs] });
    case 'not-there':
      await book.abandoned();
      return { kind: 'too-early', contradictions: ['nothing is there to take away'] };
    case 'could-not':
    case 'breaker-open':
      return refused(enforced, others);
    default:
      return enforced satisfies never;
  }
}

/** A release that a dead try has begun: what is left of it is no release of its own. */
function isRestOf(rungs: readonly Rung[], outcome: DeedOutcome): boolean {
  if (outcome.kind !== 'user-released' || outcome.rungs.length <= rungs.length) return false;
  return rungs.every((rung) => outcome.rungs.includes(rung));
}

const tooOld: ReviewResult = {
  kind: 'too-early',
  contradictions: ['the reading is too old'],
};

const somebodyElse: ReviewResult = {
  kind: 'too-early',
  contradictions: ['another copy is at it'],
};

async function attempt(book: DeedBook, act: () => Promise<Enforced>): Promise<Enforced> {
  try {
    return await act();
  } catch (error) {
    // No such user, or policy: then nothing was done. Of other errors one cannot know.
    const { attempts = 1 } = error instanceof NoSuchEntityException ? error.$metadata : {};
    if (error instanceof NoSuchEntityException && attempts === 1) await book.abandoned();
    else await book.failed();
    throw error;
  }
}

/** Reading first what the event speaks of settles most reviews with the fewest calls. */
function likelyReading({ expects, cause }: ReviewTask, settings: Settings): Reading | undefined {
  // A new user has no device; a tag may settle it.
  if (isCreation(cause)) return 'profile';
  const tagKeys = Object.keys(expects.tags ?? {});
  if (tagKeys.some((key) => isExemptionKey(key, settings))) return 'profile';
  return expects.devices ? 'devices' : undefined;
}

/** Someone touched a lower rung, or the sweep saw one: these must be looked at, wherever the quota stands. */
function concernsLowerRungs({ changes, expects }: ReviewTask): boolean {
  if (expects.groups || expects.boundary !== undefined) return true;
  return changes.some(({ cause, lowerRungs = true }) =>
    cause.kind === 'sweep'
      ? lowerRungs
      : cause.eventName === 'PutUserPolicy' || cause.eventName === 'DeleteUserPolicy',
  );
}

/** One outcome for each change of the batch that concerns the user's exemption, with that change's own actor. */
async function exemptionOutcomes(
  iam: IAMClient,
  told: Told,
  task: ReviewTask,
  { facts }: Examined,
): Promise<Outcome[]> {
  const { profile } = facts;
  if (profile === undefined) return [];
  const { settings, now } = told;
  const news = task.changes.flatMap((change) => {
    const kind = exemptionNews(change, profile, settings, now);
    return kind === null ? [] : [{ change, kind }];
  });
  if (news.length === 0) return [];
  const { exempt, reason } = exemptionOf(profile.tags, settings, now);
  const reasons = [reason];
  // An exempt user who can sign in is a person, or a mistake: one more reading, for this news only.
  const password = facts.password ?? passwordByEvents(task);
  if (exempt && (password ?? (await hasPassword(iam, told.user)))) reasons.push(withPassword);
  return news.map(({ change, kind }) =>
    exemptionOutcome({ ...told, cause: change.cause }, kind, isBySelf(change), reasons),
  );
}

/** Enough for the news, never for a decision: whether the events themselves say that there is a password. */
function passwordByEvents({ expects, changes }: ReviewTask): boolean | undefined {
  if (expects.password !== undefined) return expects.password;
  return changes.every(({ cause }) => isCreation(cause)) ? false : undefined;
}

function isCreation(cause: Cause): boolean {
  return cause.kind === 'event' && cause.eventName === 'CreateUser';
}

const withPassword: Reason = { code: 'has-password', text: 'has a console password' };
