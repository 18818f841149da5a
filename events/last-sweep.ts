import * as z from 'zod';
import { EndingExemption, FailedPart, Reason, SweepTotals } from './outcome.ts';

/** What the nightly sweep leaves in the state table when it has finished, and `mfa-enforcer doctor` reads. */
export const LastSweep = z.object({
  schema: z.literal('mfa-enforcer/last-sweep/1'),
  account: z.string(),
  /** Which sweep it was; all accounts of an organization have the same. */
  sweepId: z.string(),
  /** When that sweep began, ISO 8601. */
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  mode: z.enum(['enforce', 'observe']),
  totals: SweepTotals,
  /** How many users need a change. */
  differences: z.int(),
  alias: z.string().nullable(),
  /** As in the outcome sweep-finished. */
  breakGlassWithoutMfa: z.array(z.string()),
  endingExemptions: z.array(EndingExemption),
  failedParts: z.array(FailedPart),
});
export type LastSweep = z.infer<typeof LastSweep>;

/** What a sweep leaves in the state table about an account that it could not sweep. */
export const Unswept = z.object({
  schema: z.literal('mfa-enforcer/unswept/1'),
  account: z.string(),
  sweepId: z.string(),
  startedAt: z.iso.datetime(),
  at: z.iso.datetime(),
  why: Reason,
});
export type Unswept = z.infer<typeof Unswept>;
