import * as z from 'zod';
import { Cause } from './cause.ts';
import { AccountId, UserName } from './envelope.ts';

/** What a sweep sends to the queue of IAM changes: "look at this user". Ours, so unknown fields are refused. */
export const ReviewRequest = z.strictObject({
  schema: z.literal('mfa-enforcer/review-request/1'),
  account: AccountId,
  user: UserName,
  cause: Cause,
  /** Look at the rungs below the managed policy too: the sweep saw the user on one. */
  lowerRungs: z.boolean().default(true),
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
