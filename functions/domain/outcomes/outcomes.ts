import { type Cause, causeId } from '../../../events/cause.ts';
import { nameKey } from '../../../events/names.ts';
import {
  type BlockMethod,
  type GraceStep,
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
  /** Where mails about the user go; absent for none. */
  readonly email?: string;
  readonly cause: Cause;
  readonly settings: Settings;
  readonly now: Date;
}

/** The outcome of a block that was done. */
export function blockedOutcome(
  context: OutcomeContext,
  method: BlockMethod,
): OutcomeOf<'user-blocked'> {
  return {
    kind: 'user-blocked',
    ...about(context, 'user-blocked', context.decision.reasons),
    ...emailIn(context),
    method,
  };
}

/** The outcome of an unblock that was done. */
export function unblockedOutcome(
  context: OutcomeContext,
  methods: readonly BlockMethod[],
): OutcomeOf<'user-unblocked'> {
  return {
    kind: 'user-unblocked',
    ...about(context, 'user-unblocked', context.decision.reasons),
    ...emailIn(context),
    methods: [...methods],
  };
}

/** Only outcomes that a mail is about contain the address. */
const emailIn = ({ email }: OutcomeContext) => (email === undefined ? {} : { email });

/**
 * The outcome of a user who has time to enrol.
 * @param userId makes its id: each step of a grace period is published once
 */
export function enrolmentDueOutcome(
  context: OutcomeContext,
  userId: string,
  { step, until }: { readonly step: GraceStep; readonly until: Date },
): OutcomeOf<'enrolment-due'> {
  const kind = 'enrolment-due';
  return {
    kind,
    // Without that of the grace period: `until` has the time, which Slack shows in the reader's zone.
    ...about(
      context,
      kind,
      context.decision.reasons.filter(({ code }) => code !== 'grace'),
    ),
    ...emailIn(context),
    // With the end: another GraceHours makes another message.
    id: `${outcomeIdBeginning(kind, context.user, context.settings)}${userId}/${step}/${until.toISOString()}`,
    until: until.toISOString(),
    step,
  };
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
  return {
    kind: 'could-not-enforce',
    ...about(context, 'could-not-enforce', context.decision.reasons),
    why,
    boundarySeen,
  };
}

/**
 * The outcome of a change of a user's exemption.
 * @param context without the decision: the reasons are those of the exemption
 */
export function exemptionOutcome(
  context: Omit<OutcomeContext, 'decision'>,
  change: ExemptionChange,
  bySelf: boolean,
  reasons: readonly Reason[],
): Outcome {
  return { kind: 'exemption-seen', ...about(context, 'exemption-seen', reasons), change, bySelf };
}

/**
 * The outcome of an enrolment that may not be the user's own.
 * @param context with the event of the enrolment as its cause; without a decision where the user was renamed or deleted since
 * @param reasons the enrolment rules that apply
 */
export function enrolmentOutcome(
  context: Omit<OutcomeContext, 'decision'> & { readonly decision: Decision | null },
  serial: string,
  reasons: readonly Reason[],
): OutcomeOf<'enrolment-suspicious'> {
  const kind = 'enrolment-suspicious';
  const wasBlocked = context.decision?.blocked ?? null;
  // The person may be the attacker's victim, and the mention would be in a channel of administrators.
  return { kind, ...about(context, kind, reasons), slackMember: null, serial, wasBlocked };
}

/** The outcome of an orphan device (review/orphan-devices.ts). */
export function orphanOutcome({
  user,
  cause,
  settings,
  now,
  serial,
  firstSeenAt,
  result,
}: Pick<OutcomeContext, 'user' | 'cause' | 'settings' | 'now'> &
  Pick<
    OutcomeOf<'orphan-device'>,
    'serial' | 'firstSeenAt' | 'result'
  >): OutcomeOf<'orphan-device'> {
  const kind = 'orphan-device';
  const text = 'an unassigned device has the name';
  return {
    kind,
    ...outcomeHeader(settings, now),
    id: outcomeId(kind, user, cause, settings),
    user,
    reasons: [firstSeenAt === null ? nameTaken : { code: 'orphan-device', text }],
    cause,
    slackMember: null,
    serial,
    firstSeenAt,
    result,
  };
}

const nameTaken: Reason = { code: 'name-taken', text: 'a device of that name exists' };

/**
 * The outcome of a block that one actor removes again and again.
 * @param context with the event of the latest removal as its cause
 * @param count how often within an hour
 */
export function contestedOutcome(
  context: OutcomeContext,
  count: number,
): OutcomeOf<'block-contested'> {
  const kind = 'block-contested';
  const user = about(context, kind, context.decision.reasons);
  return { kind, ...user, slackMember: null, count };
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
  { user, slackMember, cause, settings, now }: Omit<OutcomeContext, 'decision'>,
  kind: OutcomeKind,
  reasons: readonly Reason[],
) {
  return {
    ...outcomeHeader(settings, now),
    id: outcomeId(kind, user, cause, settings),
    user,
    reasons: [...reasons],
    cause,
    slackMember,
  };
}

/** The same change gives the same id, so that a receiver can drop a duplicate. */
function outcomeId(kind: OutcomeKind, user: string, cause: Cause, settings: Settings): string {
  return `${outcomeIdBeginning(kind, user, settings)}${causeId(cause)}`;
}

/** What the ids of all outcomes of a kind about one user begin with. */
export function outcomeIdBeginning(
  kind: OutcomeKind,
  user: string,
  { account }: Pick<Settings, 'account'>,
): string {
  return `${kind}/${account}/${nameKey(user)}/`;
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
