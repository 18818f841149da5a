import * as z from 'zod';
import { Cause } from './cause.ts';
import { AccountId, UserName } from './envelope.ts';
import { FailedPart, Reason, SweepTotals } from './outcome.ts';
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
  endingExemptions: z.array(z.object({ user: z.string(), until: z.string() })),
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
});
export type SweepProgress = z.infer<typeof SweepProgress>;

/** "Sweep this account": one message an account. Ours, so unknown fields are refused. */
export const SweepRequest = z.strictObject({
  schema: z.literal('mfa-enforcer/sweep-request/1'),
  account: AccountId,
  sweepId: z.string().min(1),
  /** When the sweep of the whole organization began. */
  startedAt: z.iso.datetime(),
  /** Where another run left off. */
  progress: SweepProgress.optional(),
  /** Only the checks of the policies and the deny group, which had failed: the users were swept. */
  only: z.literal('policies').optional(),
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

const SweepMessage = z.discriminatedUnion('schema', [SweepRequest, RollUpRequest]);

/**
 * Reads a message of the queue of sweeps.
 * @param body JSON text
 * @throws Error that names the wrong fields, not their values
 */
export function parseSweepMessage(body: string): SweepRequest | RollUpRequest {
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
