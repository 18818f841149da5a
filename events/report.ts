import * as z from 'zod';
import { AccountId } from './envelope.ts';
import { Reason, SweepTotals } from './outcome.ts';
import { SettingsFrom } from './settings-from.ts';

/** The state of a user: one name in every output. */
export const State = z.enum(['protected', 'blocked', 'unprotected', 'exempt', 'out-of-scope']);
export type State = z.infer<typeof State>;

/** One user of a report. */
export const ReportedUser = z.object({
  name: z.string(),
  arn: z.string(),
  state: State,
  reasons: z.array(Reason),
  hasPassword: z.boolean(),
  /** Serial numbers of the MFA devices of every kind. */
  devices: z.array(z.string()),
  /** When the user was created; null where IAM does not say. */
  createdAt: z.iso.datetime().nullable(),
  /** A block method is in place. */
  blocked: z.boolean(),
});
export type ReportedUser = z.infer<typeof ReportedUser>;

/** The state of an account: what every report format is rendered from. */
export const Report = z.object({
  schema: z.literal('mfa-enforcer/report/1'),
  account: AccountId,
  alias: z.string().nullable(),
  at: z.iso.datetime(),
  /** The settings it was decided by. */
  decidedBy: z.string(),
  settingsFrom: SettingsFrom,
  totals: SweepTotals,
  /**
   * The root user has an MFA device, or neither a password nor an access key to sign in with. Null where no root user
   * can sign in to the console: aws-us-gov.
   */
  rootMfa: z.boolean().nullable(),
  users: z.array(ReportedUser),
});
export type Report = z.infer<typeof Report>;
