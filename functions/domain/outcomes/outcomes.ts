import { type Cause, causeId } from '../../../events/cause.ts';
import { nameKey } from '../../../events/names.ts';
import {
  type BlockMethod,
  type Outcome,
  type OutcomeKind,
  type Reason,
  SlackMember,
} from '../../../events/outcome.ts';
import type { ExemptionChange } from '../review/exemption-changes.ts';
import type { BlockingPolicy } from '../rules/blocking-policies.ts';
import type { Decision } from '../rules/decide.ts';
import type { Settings } from '../rules/settings.ts';
import { type Tags, tagValue } from '../rules/tags.ts';

/** What an outcome about one user is made of. */
export interface OutcomeContext {
  /** The name as IAM returns it. */
  readonly user: string;
  readonly decision: Decision;
  readonly slackMember: string | null;
  readonly cause: Cause;
  readonly settings: Settings;
  readonly now: Date;
}

/** The outcome of a block that was done. */
export function blockedOutcome(
  context: OutcomeContext,
  method: BlockMethod,
): Extract<Outcome, { kind: 'user-blocked' }> {
  return { kind: 'user-blocked', ...about(context, 'user-blocked'), method };
}

/** The outcome of an unblock that was done. */
export function unblockedOutcome(
  context: OutcomeContext,
  methods: readonly BlockMethod[],
): Extract<Outcome, { kind: 'user-unblocked' }> {
  return { kind: 'user-unblocked', ...about(context, 'user-unblocked'), methods: [...methods] };
}

/**
 * The outcome of a block or an unblock that IAM refused for good.
 * @param boundarySeen the permissions boundary that the user had, null for none; undefined where it was not looked at
 */
export function couldNotOutcome(
  context: OutcomeContext,
  why: Reason,
  boundarySeen?: string | null,
): Outcome {
  return { kind: 'could-not-enforce', ...about(context, 'could-not-enforce'), why, boundarySeen };
}

/** The outcome of a change of a user's exemption. */
export function exemptionOutcome(
  context: OutcomeContext,
  change: ExemptionChange,
  bySelf: boolean,
  reasons: readonly Reason[],
): Outcome {
  const user = { ...about(context, 'exemption-seen'), reasons: [...reasons] };
  return { kind: 'exemption-seen', ...user, change, bySelf };
}

/**
 * The outcome of a device that another identity than the user has enabled for the user.
 * @param told but for the decision: it is no matter who is protected
 */
export function deviceOutcome(
  { user, cause, settings, now }: Pick<OutcomeContext, 'user' | 'cause' | 'settings' | 'now'>,
  { serial, wasBlocked }: { readonly serial: string; readonly wasBlocked: boolean | null },
): Extract<Outcome, { kind: 'mfa-device-added-by-other' }> {
  const kind = 'mfa-device-added-by-other';
  return {
    kind,
    ...common(settings, now),
    id: outcomeId(kind, user, cause, settings),
    user,
    reasons: [{ code: 'by-other', text: 'device enabled by another identity' }],
    cause,
    slackMember: null,
    serial,
    wasBlocked,
  };
}

/** An outcome names this many users and counts the rest: an event contains 256 KB. */
export const NAMED_AT_MOST = 100;

/**
 * The one outcome for all users whom the open breaker kept from being blocked.
 * @param numbers with `total` where `users` are only the first of them
 */
export function breakerOutcome(
  users: readonly string[],
  numbers: {
    readonly counted: number;
    readonly assumed: number;
    readonly limit: number;
    readonly total?: number;
  },
  cause: Cause,
  settings: Settings,
  now: Date,
): Outcome {
  return {
    kind: 'breaker-open',
    ...common(settings, now),
    cause,
    // One sweep may be stopped in several batches: each tells of users of its own.
    id: `breaker-open/${settings.account}/${causeId(cause)}/${users[0] ?? ''}`,
    total: numbers.total ?? users.length,
    users: users.slice(0, NAMED_AT_MOST),
    counted: numbers.counted,
    assumed: numbers.assumed,
    limit: numbers.limit,
    why:
      `the block limit is ${numbers.limit}. IAM lists ${numbers.counted} blocked users, and ${numbers.assumed} more ` +
      'may not be in its list yet. Refused users are blocked as room appears: when others enrol, or when the ' +
      'parameter BlockLimit is raised',
  };
}

export interface PolicyTold {
  readonly policy: Pick<BlockingPolicy, 'arn' | 'form'>;
  readonly state: Extract<Outcome, { kind: 'policy-changed' }>['state'];
  readonly versionId: string | null;
  readonly cause: Cause;
  readonly settings: Settings;
  readonly now: Date;
}

/** The outcome of looking at a policy of ours that was changed. */
export function policyOutcome({
  policy,
  state,
  versionId,
  cause,
  settings,
  now,
}: PolicyTold): Outcome {
  return {
    kind: 'policy-changed',
    ...common(settings, now),
    id: `policy-changed/${policy.arn}/${causeId(cause)}`,
    cause,
    policyArn: policy.arn,
    form: policy.form,
    state,
    versionId,
  };
}

/** The outcome of seeing that the enforcer itself was tampered with. */
export function tamperingOutcome(
  seen: Pick<Extract<Outcome, { kind: 'tampering-seen' }>, 'what' | 'resource' | 'cause'>,
  settings: Settings,
  now: Date,
): Outcome {
  const { what, resource, cause } = seen;
  const id = `tampering-seen/${settings.account}/${causeId(cause)}`;
  return { kind: 'tampering-seen', ...common(settings, now), id, cause, what, resource };
}

/**
 * The outcome of an account in which nobody can be looked at. How the account is managed is not known either: its
 * spoke would say so.
 * @param account and the hub's mode
 * @param cause what was to be looked at: one cause gives one id, however often it is tried
 */
export function accountUnreachableOutcome(
  account: Pick<Settings, 'account' | 'mode'>,
  cause: Cause,
  why: Reason,
  now: Date,
): Outcome {
  const id = `account-unreachable/${account.account}/${causeId(cause)}`;
  return { kind: 'account-unreachable', ...common(account, now), id, cause, why };
}

function common({ account, mode }: Pick<Settings, 'account' | 'mode'>, now: Date) {
  // publish() adds what the account is called.
  return {
    version: 1 as const,
    account,
    alias: null,
    accountName: null,
    at: now.toISOString(),
    mode,
  };
}

function about(
  { user, decision, slackMember, cause, settings, now }: OutcomeContext,
  kind: OutcomeKind,
) {
  return {
    ...common(settings, now),
    id: outcomeId(kind, user, cause, settings),
    user,
    reasons: [...decision.reasons],
    cause,
    slackMember,
  };
}

/** The same change gives the same id, so that a receiver can drop a double. */
function outcomeId(kind: OutcomeKind, user: string, cause: Cause, { account }: Settings): string {
  return `${kind}/${account}/${nameKey(user)}/${causeId(cause)}`;
}

/** The user's tag that names their Slack member id. */
const SLACK_TAG = 'slack';

/**
 * Whom to mention in messages about a user.
 * @param tags the user's tags, where they were read
 * @returns the member id; null where the deployment does not allow it, or the tag contains no such id
 */
export function slackMemberOf(
  tags: Tags | undefined,
  { slackMentions }: Pick<Settings, 'slackMentions'>,
): string | null {
  if (!slackMentions || tags === undefined) return null;
  return SlackMember.safeParse(tagValue(tags, SLACK_TAG)?.trim()).data ?? null;
}
