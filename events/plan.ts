import * as z from 'zod';
import { AccountId } from './envelope.ts';
import { AccountNotRead, AccountPlace, organizationHead } from './organization-report.ts';
import { BlockMethod, EmailAddress, Reason, UserInGrace } from './outcome.ts';
import { Sources } from './report.ts';
import { SettingsFrom } from './settings-from.ts';

/** What a user may act with beside a password and access keys. */
const PlannedCredential = z.object({
  kind: z.enum(['service-credential', 'ssh-key', 'signing-certificate']),
  /** IAM's id; null for a signing certificate, which the credential report only numbers. */
  id: z.string().nullable(),
  /** "Amazon Bedrock API key". */
  name: z.string(),
  /** not-known: for a service that is not among those whose actions were tried with the policy. */
  block: z.enum(['stops-it', 'not-known']),
});
export type PlannedCredential = z.infer<typeof PlannedCredential>;

/** Where a mail about the change would go; null without an address. Absent with NotifyUsers=no. */
const email = EmailAddress.nullable().optional();

/** A user whom a sweep would block, with the access keys that would stop working. */
const PlannedBlock = z.object({
  user: z.string(),
  reasons: z.array(Reason),
  email,
  /** Has a console password, or EnrolWith lets access keys enrol: without either an administrator has to. */
  canEnrol: z.boolean(),
  /** The active ones; all null of a key that was never used. */
  accessKeys: z.array(
    z.object({
      id: z.string(),
      lastUsedAt: z.iso.datetime().nullable(),
      service: z.string().nullable(),
      region: z.string().nullable(),
    }),
  ),
  /** As in a report. */
  enrolmentProblem: Reason.nullable(),
  /** The active ones, as far as `sources` were read. */
  otherCredentials: z.array(PlannedCredential),
});
export type PlannedBlock = z.infer<typeof PlannedBlock>;

/** What a sweep would do in an account, as `plan --json` prints it. */
export const Plan = z.object({
  schema: z.literal('mfa-enforcer/plan/1'),
  account: AccountId,
  at: z.iso.datetime(),
  /** The settings of the decisions, in words. */
  decidedBy: z.string(),
  settingsFrom: SettingsFrom,
  policyArn: z.string(),
  /** Whether the policy exists in the account. Without it no user can be blocked. */
  policyDeployed: z.boolean(),
  blocks: z.array(PlannedBlock),
  /** Unprotected users who have time to enrol (GraceHours), and are blocked then. Absent where there are none. */
  inGrace: z.array(UserInGrace.extend({ email })).optional(),
  unblocks: z.array(
    z.object({
      user: z.string(),
      methods: z.array(BlockMethod),
      reasons: z.array(Reason),
      email,
    }),
  ),
  /** Users beyond the breaker's limit: they would not be blocked. */
  beyondLimit: z.object({ limit: z.int(), users: z.int() }),
  /** Where the credentials beside access keys come from. Null where no user would be blocked: nothing was read. */
  sources: Sources.pick({
    credentialReport: true,
    serviceCredentials: true,
    sshKeys: true,
  }).nullable(),
  /** What a block of these users does not stop. */
  notes: z.array(Reason),
});
export type Plan = z.infer<typeof Plan>;

/** What a sweep would do in every account, as `plan --organization --json` prints it. */
export const OrganizationPlan = z.object({
  schema: z.literal('mfa-enforcer/organization-plan/1'),
  ...organizationHead,
  /** In all accounts that were read, those in observe mode too. */
  totals: z.object({ blocks: z.int(), unblocks: z.int() }),
  accounts: z.array(
    z.discriminatedUnion('status', [
      z.object({
        status: z.literal('read'),
        ...AccountPlace.shape,
        /** In observe mode nothing of the plan would be done. */
        mode: z.enum(['enforce', 'observe']),
        plan: Plan,
      }),
      AccountNotRead,
    ]),
  ),
});
export type OrganizationPlan = z.infer<typeof OrganizationPlan>;
