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
});
export type Actor = z.infer<typeof Actor>;

/**
 * The actor of a CloudTrail record.
 * AssumedRole identities have no userName: the role is in sessionContext.sessionIssuer and the session's
 * name ends the ARN (CloudTrail userIdentity element).
 * @param record a parsed CloudTrail record
 * @returns the actor; its name is "unknown" where the record does not say
 */
export function actorOf(record: CloudTrailRecord): Actor {
  const identity = record.userIdentity;
  const type = identity?.type ?? 'Unknown';
  return {
    type,
    name: nameOf(type, identity) ?? 'unknown',
    ...(identity?.arn ? { arn: identity.arn } : {}),
    ...(record.sourceIPAddress ? { sourceIp: record.sourceIPAddress } : {}),
  };
}

function nameOf(type: string, identity: CloudTrailRecord['userIdentity']): string | undefined {
  if (type === 'Root') return 'root';
  if (type === 'AssumedRole') {
    const afterRole = identity?.arn?.split(':assumed-role/')[1];
    return afterRole ?? identity?.sessionContext?.sessionIssuer?.userName;
  }
  return identity?.userName ?? identity?.invokedBy ?? identity?.arn;
}
