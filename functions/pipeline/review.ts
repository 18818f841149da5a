import type { IAMClient } from '@aws-sdk/client-iam';
import type { Cause } from '../../events/cause.ts';
import type { Outcome, Reason } from '../../events/outcome.ts';
import { contradictions, isFresh } from '../domain/contradictions.ts';
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
import type { Enforcer } from './enforce.ts';
import { type Examined, examine } from './examine.ts';

export type ReviewResult =
  | {
      readonly kind: 'reviewed';
      readonly examined: Examined;
      readonly outcomes: readonly Outcome[];
    }
  | { readonly kind: 'gone' }
  | { readonly kind: 'too-early'; readonly contradictions: readonly string[] }
  | {
      readonly kind: 'breaker-open';
      readonly held: number;
      readonly limit: number;
      readonly outcomes: readonly Outcome[];
    };

export interface Reviewer {
  readonly iam: IAMClient;
  readonly settings: Settings;
  readonly enforcer: Enforcer;
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
  const now = reviewer.now();
  const how = { likely: likelyReading(task, settings), allRungs: concernsLowerRungs(task) };
  const examined = await examine(iam, settings, { user: task.user }, now, how);

  const wrong = contradictions(examined?.facts ?? null, task.expects);
  if (wrong.length > 0 && task.changedAt !== null && isFresh(task.changedAt, now)) {
    return { kind: 'too-early', contradictions: wrong };
  }
  if (examined === null) return { kind: 'gone' };
  if (examined.decision.action !== 'none' && isYoungEcho(task, now)) {
    return { kind: 'too-early', contradictions: ['whoever made this necessary will claim it'] };
  }
  return enforce(reviewer, task, examined);
}

// Events of one moment come in any order: the echo of our own call may overtake the change it belongs to.
const ECHO_WAITS_MS = 10_000;

/** Nobody should read that the enforcer made somebody unprotected: another event will say who did. */
function isYoungEcho({ onlyOurs, changedAt }: ReviewTask, now: Date): boolean {
  return onlyOurs && changedAt !== null && now.getTime() - changedAt.getTime() < ECHO_WAITS_MS;
}

async function enforce(
  { iam, settings, enforcer, now }: Reviewer,
  task: ReviewTask,
  examined: Examined,
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
  const reviewed = (...outcomes: Outcome[]): ReviewResult => ({
    kind: 'reviewed',
    examined,
    outcomes: [...exemptions, ...outcomes],
  });
  if (decision.action === 'none') return reviewed();

  const enforced = await enforcer[decision.action](examined.facts);
  switch (enforced.kind) {
    case 'held':
      return reviewed(heldOutcome(told, enforced.rung));
    case 'released':
      return reviewed(releasedOutcome(told, enforced.rungs));
    case 'could-not':
      return reviewed(couldNotOutcome(told, enforced.why));
    case 'breaker-open':
      return { ...enforced, outcomes: exemptions };
    default:
      return enforced satisfies never;
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
