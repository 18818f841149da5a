import * as z from 'zod';
import { EndingExemption, FailedPart, Reason, ReportedPath, SweepTotals } from './outcome.ts';

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
  eventPath: ReportedPath.optional(),
});
export type LastSweep = z.infer<typeof LastSweep>;

/** The orphan devices of an account that its sweeps have seen, and since when: IAM does not say when a device was created. */
export const StoredOrphans = z.object({
  schema: z.literal('mfa-enforcer/orphan-devices/1'),
  account: z.string(),
  /** When the last sweep saw them, ISO 8601. */
  seenAt: z.iso.datetime(),
  devices: z.array(z.object({ serial: z.string(), firstSeenAt: z.iso.datetime() })),
});
export type StoredOrphans = z.infer<typeof StoredOrphans>;

/** The users without an MFA device whom the sweeps of the last week have seen dormant. */
export const StoredDormant = z.object({
  schema: z.literal('mfa-enforcer/dormant-users/1'),
  account: z.string(),
  nights: z.array(
    z.object({
      /** The time of the credential report. */
      seenAt: z.iso.datetime(),
      /** When IAM created the user, in seconds since 1970: another user may have had the name. */
      users: z.array(z.object({ user: z.string(), createdAt: z.int() })),
    }),
  ),
});
export type StoredDormant = z.infer<typeof StoredDormant>;

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
