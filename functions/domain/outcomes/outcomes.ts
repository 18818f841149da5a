import { type Cause, causeId } from '../../../events/cause.ts';
import { nameKey } from '../../../events/names.ts';
import {
  type BlockMethod,
  type Outcome,
  type OutcomeKind,
  type OutcomeOf,
  type Reason,
  SlackMember,
} from '../../../events/outcome.ts';
import type { ExemptionChange } from '../review/exemption-changes.ts';
import type { BlockingPolicy } from '../rules/blocking-policies.ts';
import type { Decision } from '../rules/decide.ts';
import type { Settings } from '../rules/settings.ts';
import { type Tags, tagValue } from '../rules/user-facts.ts';

/** The inputs of an outcome about one user. */
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
): OutcomeOf<'user-blocked'> {
  return { kind: 'user-blocked', ...about(context, 'user-blocked'), method };
}

/** The outcome of an unblock that was done. */
export function unblockedOutcome(
  context: OutcomeContext,
  methods: readonly BlockMethod[],
): OutcomeOf<'user-unblocked'> {
  return { kind: 'user-unblocked', ...about(context, 'user-unblocked'), methods: [...methods] };
}

/**
 * The outcome of a block or an unblock that IAM refused for good.
 * @param boundarySeen the permissions boundary that the user had, null for none; undefined where it was not read
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
 * @param context without the decision: the outcome does not depend on the user's state
 */
export function deviceOutcome(
  { user, cause, settings, now }: Pick<OutcomeContext, 'user' | 'cause' | 'settings' | 'now'>,
  { serial, wasBlocked }: { readonly serial: string; readonly wasBlocked: boolean | null },
): OutcomeOf<'mfa-device-added-by-other'> {
  const kind = 'mfa-device-added-by-other';
  return {
    kind,
    ...outcomeHeader(settings, now),
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
 * The one outcome for all users whom the open breaker refused.
 * @param numbers `total` is given where `users` are only the first of them
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
    ...outcomeHeader(settings, now),
    cause,
    // The breaker may refuse users of one sweep in several batches, each with its own users.
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
  readonly state: OutcomeOf<'policy-changed'>['state'];
  readonly versionId: string | null;
  readonly cause: Cause;
  readonly settings: Settings;
  readonly now: Date;
}

/** The outcome of a check of a policy of the enforcer that was changed. */
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
    ...outcomeHeader(settings, now),
    id: `policy-changed/${policy.arn}/${causeId(cause)}`,
    cause,
    policyArn: policy.arn,
    form: policy.form,
    state,
    versionId,
  };
}

/** The outcome of tampering with the enforcer itself. */
export function tamperingOutcome(
  seen: Pick<OutcomeOf<'tampering-seen'>, 'what' | 'resource' | 'cause'>,
  settings: Settings,
  now: Date,
): Outcome {
  const { what, resource, cause } = seen;
  const id = `tampering-seen/${settings.account}/${causeId(cause)}`;
  return { kind: 'tampering-seen', ...outcomeHeader(settings, now), id, cause, what, resource };
}

/**
 * The outcome of an account whose users cannot be read. The account's own mode, which its spoke's tags contain, is not known.
 * @param account the account, with the hub's mode
 * @param cause the cause of the review or the sweep: one cause gives one id, however often it is tried
 */
export function accountUnreachableOutcome(
  account: Pick<Settings, 'account' | 'mode'>,
  cause: Cause,
  why: Reason,
  now: Date,
): Outcome {
  const id = `account-unreachable/${account.account}/${causeId(cause)}`;
  return { kind: 'account-unreachable', ...outcomeHeader(account, now), id, cause, why };
}

/** The fields that every outcome has. publish() adds the account's alias and name. */
export function outcomeHeader({ account, mode }: Pick<Settings, 'account' | 'mode'>, now: Date) {
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
    ...outcomeHeader(settings, now),
    id: outcomeId(kind, user, cause, settings),
    user,
    reasons: [...decision.reasons],
    cause,
    slackMember,
  };
}

/** The same change gives the same id, so that a receiver can drop a duplicate. */
function outcomeId(kind: OutcomeKind, user: string, cause: Cause, { account }: Settings): string {
  return `${kind}/${account}/${nameKey(user)}/${causeId(cause)}`;
}

/** The user's tag that names their Slack member id. */
const SLACK_TAG = 'slack';

/**
 * The Slack member to mention in messages about a user.
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
