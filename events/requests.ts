import * as z from 'zod';
import { Cause } from './cause.ts';
import { AccountId, UserName } from './envelope.ts';
import {
  EmailAddress,
  EndingExemption,
  FailedPart,
  Reason,
  SweepTotals,
  UserInGrace,
} from './outcome.ts';
import { problemsOf } from './problems.ts';

/** What a sweep sends to the queue of IAM changes: "look at this user". Ours, so unknown fields are refused. */
export const ReviewRequest = z.strictObject({
  schema: z.literal('mfa-enforcer/review-request/1'),
  account: AccountId,
  user: UserName,
  cause: Cause,
  /** The sweep saw the user blocked by another block method than the managed policy: the review reads all of them. */
  otherMethods: z.boolean(),
  /** The user waits for room under the block limit, since then. */
  refusedSince: z.iso.datetime().optional(),
  /** The user of this ID has time to enrol: the review begins with the state table. */
  graceUserId: z.string().optional(),
});
export type ReviewRequest = z.infer<typeof ReviewRequest>;

/** What a sweep sends where a policy of ours is not as deployed: "look at this policy". */
export const PolicyCheck = z.strictObject({
  schema: z.literal('mfa-enforcer/policy-check/1'),
  account: AccountId,
  policyArn: z.string(),
  cause: Cause,
});
export type PolicyCheck = z.infer<typeof PolicyCheck>;

/** What a sweep sends for an orphan device that it has seen for a day: "delete it, or report it". */
export const OrphanRequest = z.strictObject({
  schema: z.literal('mfa-enforcer/orphan-device/1'),
  account: AccountId,
  user: UserName,
  serial: z.string().min(1),
  /** When a sweep saw it first, ISO 8601. */
  firstSeenAt: z.iso.datetime(),
  cause: Cause,
});
export type OrphanRequest = z.infer<typeof OrphanRequest>;

/** An unassigned virtual MFA device with the name of a blocked user, who cannot create a device of that name. */
export const OrphanDevice = z.object({ user: z.string(), serial: z.string() });
export type OrphanDevice = z.infer<typeof OrphanDevice>;

const Named = z.array(z.string());

/** What a sweep has found so far: counts of everyone, and the names of the first of them. */
export const SweepTally = z.strictObject({
  totals: SweepTotals,
  /** How many users need a change. */
  differences: z.int(),
  differing: z.array(
    z.object({ user: z.string(), action: z.enum(['block', 'unblock']), reasons: z.array(Reason) }),
  ),
  blockedUsers: Named,
  breakGlassWithoutMfa: Named,
  endingExemptions: z.array(EndingExemption.extend({ email: EmailAddress.optional() })),
  /** Absent where no user has time to enrol, and in a message of an earlier release. */
  inGrace: z.object({ total: z.int(), users: z.array(UserInGrace) }).optional(),
});
export type SweepTally = z.infer<typeof SweepTally>;

/** The room under the block limit when the sweep found the first unprotected user, and the users beyond it. */
export const SweepRoom = z.strictObject({
  counted: z.int(),
  limit: z.int(),
  left: z.int(),
  beyond: z.int(),
  firstBeyond: Named,
});
export type SweepRoom = z.infer<typeof SweepRoom>;

/** How far a sweep has come: another invocation goes on from here. */
export const SweepProgress = z.strictObject({
  /** IAM's marker of the next page of users; null for the first. */
  marker: z.string().nullable(),
  tally: SweepTally,
  /** Null: no user was to be blocked yet, or ForceMFA does not exist. */
  room: SweepRoom.nullable(),
  /** Parts of the sweep that could not be done so far. */
  failedParts: z.array(FailedPart),
  /** The first of the orphan devices so far. Absent in a message of an earlier release. */
  orphans: z.array(OrphanDevice).default([]),
});
export type SweepProgress = z.infer<typeof SweepProgress>;

/** "Sweep this account": one message an account. Ours, so unknown fields are refused. */
export const SweepRequest = z.strictObject({
  schema: z.literal('mfa-enforcer/sweep-request/1'),
  account: AccountId,
  sweepId: z.string().min(1),
  /** When the sweep of the whole organization began. */
  startedAt: z.iso.datetime(),
  /** How often the message has come back to wait for IAM's credential report. */
  reportWaits: z.int().min(1).optional(),
  /** Where another run left off. */
  progress: SweepProgress.optional(),
  /**
   * policies: only the checks of the policies and the deny group, which had failed: the users were swept. probe: only the
   * probe of the event path, which a person asked for.
   */
  only: z.enum(['policies', 'probe']).optional(),
});
export type SweepRequest = z.infer<typeof SweepRequest>;

/** "Summarize the sweep of the organization": sent after the accounts' messages. */
export const RollUpRequest = z.strictObject({
  schema: z.literal('mfa-enforcer/roll-up-request/1'),
  organization: z.string().min(1),
  sweepId: z.string().min(1),
  startedAt: z.iso.datetime(),
  /** The accounts that are swept, and how many take no calls. */
  accounts: z.array(AccountId),
  inactive: z.int(),
});
export type RollUpRequest = z.infer<typeof RollUpRequest>;

/** "Check whether the probe of this account came back": sent after the probe, and again until it is due. */
export const PathCheck = z.strictObject({
  schema: z.literal('mfa-enforcer/path-check/1'),
  account: AccountId,
  sweepId: z.string().min(1),
  startedAt: z.iso.datetime(),
});
export type PathCheck = z.infer<typeof PathCheck>;

const SweepMessage = z.discriminatedUnion('schema', [SweepRequest, RollUpRequest, PathCheck]);

/**
 * Reads a message of the queue of sweeps.
 * @param body JSON text
 * @throws Error that names the wrong fields, not their values
 */
export function parseSweepMessage(body: string): SweepRequest | RollUpRequest | PathCheck {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new Error('cannot read the sweep’s message: it is not JSON');
  }
  const parsed = SweepMessage.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Error(`cannot read the sweep’s message: ${problemsOf(parsed.error)}`);
}
