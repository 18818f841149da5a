import * as z from 'zod';
import { Actor } from './actor.ts';

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
