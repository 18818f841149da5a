import * as z from 'zod';
import { Reason } from './outcome.ts';

/** The key of the tag that a probe writes on the ForceMFA policy. The roles' permissions name it, too. */
export const PROBE_TAG = 'mfa-enforcer-probe';

/**
 * The tag's value: no two probes have the same.
 * @param sweepId letters, digits, hyphens: a tag's value takes no others that a sweep's ID could have
 */
export function probeValue(sweepId: string, at: Date): string {
  return `${sweepId}/${at.toISOString()}`;
}

/** An account's last probe. nightly-sweep writes it. */
export const Probe = z.object({
  schema: z.literal('mfa-enforcer/probe/1'),
  account: z.string(),
  sweepId: z.string(),
  value: z.string(),
  /** Just before the IAM call. */
  sentAt: z.iso.datetime(),
  /** Its event is late after this time. */
  dueAt: z.iso.datetime(),
  /** pending: the call may not have been made, see `why`. refused: nothing was written. off: the parameter Probe says so. */
  state: z.enum(['pending', 'sent', 'refused', 'off']),
  /** Why nothing was written, or may not have been; null for a probe that was sent, and before the call. */
  why: Reason.nullable(),
});
export type Probe = z.infer<typeof Probe>;

/** An account's last probe whose event arrived. on-iam-change writes it. */
export const Proof = z.object({
  schema: z.literal('mfa-enforcer/proof/1'),
  account: z.string(),
  /** The value of the probe. */
  value: z.string(),
  receivedAt: z.iso.datetime(),
  /** From the IAM call until on-iam-change had the event. */
  latencyMs: z.int(),
});
export type Proof = z.infer<typeof Proof>;

/** What was found about an account's event path after its last probe. nightly-sweep's check writes it. */
export const PathRecord = z.object({
  schema: z.literal('mfa-enforcer/path/1'),
  account: z.string(),
  /** The last sweep that was counted. */
  sweepId: z.string(),
  state: z.enum(['proven', 'unproven', 'not-probed']),
  /** Since when it is in this state. */
  since: z.iso.datetime(),
  /** Sweeps in a row that found this state; 0 for proven. */
  sweeps: z.int(),
  /** When it was last reported; null for proven, and until the report is published. */
  reportedAt: z.iso.datetime().nullable(),
});
export type PathRecord = z.infer<typeof PathRecord>;
