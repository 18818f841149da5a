import * as z from 'zod';
import { AccountId } from './envelope.ts';
import { SweepTotals } from './outcome.ts';

/** A line of the file that `report --history` appends to: the totals of one report. */
export const HistoryLine = z.object({
  schema: z.literal('mfa-enforcer/history/1'),
  at: z.iso.datetime(),
  /** The account, or the organization's id, "o-…". */
  of: z.union([AccountId, z.string().startsWith('o-')]),
  totals: SweepTotals,
  /** How many users have a password, no MFA device and no exemption; blocked or not. */
  withoutMfa: z.int(),
  /** How many exempt users have a password and no MFA device. */
  exemptWithPassword: z.int(),
  /** In how many accounts root has no MFA device. */
  rootWithoutMfa: z.int(),
  /** How many accounts could not be read: the totals are without their users. */
  notRead: z.int(),
});
export type HistoryLine = z.infer<typeof HistoryLine>;
