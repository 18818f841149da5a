import * as z from 'zod';
import { AccountId } from './envelope.ts';
import { Reason, SweepTotals } from './outcome.ts';
import { Report } from './report.ts';
import { SettingsFrom } from './settings-from.ts';

/** An account, and where it is in its organization. */
export const AccountPlace = z.object({
  account: AccountId,
  /** What the organization calls it. */
  name: z.string(),
  /** The names of the organizational units that it is in, outermost first; empty right below the root. */
  ou: z.array(z.string()),
  /** When the nightly sweep last finished there; null: never, or it was not asked. */
  lastSweptAt: z.iso.datetime().nullable(),
});
export type AccountPlace = z.infer<typeof AccountPlace>;

/** An account of which nothing is known now. It is never to be taken for one without findings. */
export const AccountNotRead = z.object({
  status: z.literal('not-read'),
  ...AccountPlace.shape,
  /** When the reading was given up. */
  at: z.iso.datetime(),
  /** Why it could not be read. */
  problem: Reason,
});
export type AccountNotRead = z.infer<typeof AccountNotRead>;

/** An account that was read. */
export const AccountRead = z.object({
  status: z.literal('read'),
  ...AccountPlace.shape,
  /** The account's mode: in observe mode no user is blocked. */
  mode: z.enum(['enforce', 'observe']),
  /** As `mfa-enforcer report` gives it; `at` is when this account was read. */
  report: Report,
});
export type AccountRead = z.infer<typeof AccountRead>;

/** What every answer about a whole organization begins with. */
export const organizationHead = {
  /** The organization's id, "o-…". */
  organization: z.string(),
  managementAccount: AccountId,
  /** When the reading began, and when it ended. */
  at: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  /** The settings it was decided by; an account's own mode and block limit are its own. */
  decidedBy: z.string(),
  settingsFrom: SettingsFrom,
  /** How many accounts the organization has, and how many of them were read, could not be, or were not asked for. */
  counts: z.object({ listed: z.int(), read: z.int(), notRead: z.int(), leftOut: z.int() }),
};

/** The state of an organization: what every format of `report --organization` is rendered from. */
export const OrganizationReport = z.object({
  schema: z.literal('mfa-enforcer/organization-report/1'),
  ...organizationHead,
  /** The users of all accounts that were read. */
  totals: SweepTotals,
  accounts: z.array(z.discriminatedUnion('status', [AccountRead, AccountNotRead])),
});
export type OrganizationReport = z.infer<typeof OrganizationReport>;
