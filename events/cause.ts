import * as z from 'zod';
import type { CloudTrailRecord } from './envelope.ts';

/** Who made a call, from where: what an alert says of them. */
export const Actor = z.object({
  /** CloudTrail's userIdentity.type: IAMUser, AssumedRole, Root, … */
  type: z.string(),
  /** A name a person knows: the user, role/session, "root", or the AWS service. */
  name: z.string(),
  arn: z.string().optional(),
  sourceIp: z.string().optional(),
  /** The session was authenticated with MFA. Absent where it was not, and where CloudTrail does not say. */
  mfa: z.literal(true).optional(),
  /** The source identity of the session: the person behind a role, who keeps it when roles are chained. */
  sourceIdentity: z.string().optional(),
  /** The account of the product provider that acted through a temporary delegation. */
  delegate: z.string().optional(),
  /** A long-term access key signed the call. Absent for a session, and where CloudTrail does not say. */
  longTermKey: z.literal(true).optional(),
});
export type Actor = z.infer<typeof Actor>;

/**
 * The actor of a CloudTrail record.
 * AssumedRole identities have no userName: the role is in sessionContext.sessionIssuer and the session's
 * name ends the ARN. sessionContext.sourceIdentity and invokedByDelegate name who is behind the session (CloudTrail
 * userIdentity element).
 * @param record a parsed CloudTrail record
 * @returns the actor; its name is "unknown" where the record does not say
 */
export function actorOf(record: CloudTrailRecord): Actor {
  const identity: Identity = record.userIdentity ?? { type: 'Unknown' };
  const sourceIdentity = identity.sessionContext?.sourceIdentity;
  const delegate = identity.invokedByDelegate?.accountId;
  return {
    type: identity.type,
    name: nameOf(identity) ?? 'unknown',
    ...(identity.arn ? { arn: identity.arn } : {}),
    ...(record.sourceIPAddress ? { sourceIp: record.sourceIPAddress } : {}),
    ...(isWithMfa(identity) ? { mfa: true } : {}),
    ...(sourceIdentity ? { sourceIdentity } : {}),
    ...(delegate ? { delegate } : {}),
    ...(isLongTermKey(identity) ? { longTermKey: true } : {}),
  };
}

type Identity = NonNullable<CloudTrailRecord['userIdentity']>;

/** CloudTrail writes it as a text (CloudTrail userIdentity element, sessionContext). */
function isWithMfa({ sessionContext }: Identity): boolean {
  return sessionContext?.attributes?.mfaAuthenticated === 'true';
}

/** Ids of long-term keys begin with AKIA, those of sessions with ASIA (IAM User Guide, "Understanding unique ID prefixes"). */
function isLongTermKey({ accessKeyId }: Identity): boolean {
  return accessKeyId?.startsWith('AKIA') ?? false;
}

function nameOf({
  type,
  arn,
  userName,
  invokedBy,
  sessionContext,
}: Identity): string | null | undefined {
  if (type === 'Root') return 'root';
  if (type === 'AssumedRole') {
    return arn?.split(':assumed-role/')[1] ?? sessionContext?.sessionIssuer?.userName;
  }
  return userName ?? invokedBy ?? arn;
}

/** Why a user was looked at: an IAM event, or a sweep. */
export const Cause = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('event'),
    eventId: z.string(),
    eventName: z.string(),
    eventTime: z.iso.datetime(),
    actor: Actor,
  }),
  z.object({ kind: z.literal('sweep'), sweepId: z.string(), startedAt: z.iso.datetime() }),
]);
export type Cause = z.infer<typeof Cause>;

/** The id that ties an outcome to its cause. */
export function causeId(cause: Cause): string {
  return cause.kind === 'event' ? cause.eventId : cause.sweepId;
}

/** When it happened: the time of the event, in whole seconds, or the start of the sweep; ms since 1970. */
export function causeTime(cause: Cause): number {
  return Date.parse(cause.kind === 'event' ? cause.eventTime : cause.startedAt);
}

/** Whether it is the event of a call of one of these names. */
export function isCallOf(cause: Cause, ...names: readonly string[]): boolean {
  // Stryker disable next-line ConditionalExpression: a sweep has no such name; the compiler wants it said
  return cause.kind === 'event' && names.includes(cause.eventName);
}

/** Whether it is an event that gives a user a name or a path: creation or a rename. */
export function isNaming(cause: Cause): boolean {
  return isCallOf(cause, 'CreateUser', 'UpdateUser');
}

/** Whether it is the event of a user's creation. */
export function isCreation(cause: Cause): boolean {
  return isCallOf(cause, 'CreateUser');
}

/**
 * Whether CloudFormation made the call: AWS writes its name for a source address (CloudTrail record contents). Whose stack
 * it worked on, the record does not say.
 */
export function isByCloudFormation(cause: Cause): boolean {
  return cause.kind === 'event' && cause.actor.sourceIp === 'cloudformation.amazonaws.com';
}
