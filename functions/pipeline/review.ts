import type { IAMClient } from '@aws-sdk/client-iam';
import type { Cause } from '../../events/cause.ts';
import type { Expectation } from '../../events/expectation.ts';
import type { Outcome } from '../../events/outcome.ts';
import { contradictions, isFresh } from '../domain/contradictions.ts';
import {
  couldNotOutcome,
  exemptionOutcome,
  heldOutcome,
  releasedOutcome,
  type Told,
} from '../domain/outcomes.ts';
import type { Settings } from '../domain/settings.ts';
import type { ReviewTask } from '../domain/tasks.ts';
import type { Reading } from '../domain/user-facts.ts';
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
  | { readonly kind: 'breaker-open'; readonly held: number; readonly limit: number };

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
  const how = { likely: likelyReading(task.expects), allRungs: concernsLowerRungs(task) };
  const examined = await examine(iam, settings, { user: task.user }, how);

  const wrong = contradictions(examined?.facts ?? null, task.expects);
  if (wrong.length > 0 && isFreshChange(task.cause, reviewer.now())) {
    return { kind: 'too-early', contradictions: wrong };
  }
  if (examined === null) return { kind: 'gone' };
  return enforce(reviewer, task, examined);
}

async function enforce(
  { settings, enforcer, now }: Reviewer,
  task: ReviewTask,
  examined: Examined,
): Promise<ReviewResult> {
  const { decision } = examined;
  const told: Told = { user: task.user, decision, cause: task.cause, settings, now: now() };
  const exemption = exempts(task, examined, settings) ? [exemptionOutcome(told)] : [];
  const reviewed = (...outcomes: Outcome[]): ReviewResult => ({
    kind: 'reviewed',
    examined,
    outcomes: [...exemption, ...outcomes],
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
      return { kind: 'breaker-open', held: enforced.held, limit: enforced.limit };
    default:
      return enforced satisfies never;
  }
}

/** Only an event's own change can be too fresh to show; a sweep's request comes from what IAM showed. */
function isFreshChange(cause: Cause, now: Date): boolean {
  return cause.kind === 'event' && isFresh(new Date(cause.eventTime), now);
}

/** Reading first what the event speaks of settles most reviews with the fewest calls. */
function likelyReading(expects: Expectation): Reading | undefined {
  if (expects.devices) return 'devices';
  if (expects.tags) return 'profile';
  return undefined;
}

/** Someone touched a lower rung, or the sweep saw one: these must be looked at, wherever the quota stands. */
function concernsLowerRungs({ cause, expects }: ReviewTask): boolean {
  if (cause.kind === 'sweep' || expects.groups || expects.boundary !== undefined) return true;
  return cause.eventName === 'PutUserPolicy' || cause.eventName === 'DeleteUserPolicy';
}

/** The change itself set a tag that exempts the user: news, unlike a user who has been exempt all along. */
function exempts(task: ReviewTask, { decision }: Examined, { exemptTags }: Settings): boolean {
  if (decision.standing !== 'exempt') return false;
  return exemptTags.some(
    ({ key, value }) => task.expects.tags?.[key]?.toLowerCase() === value.toLowerCase(),
  );
}
