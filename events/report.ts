import * as z from 'zod';
import { AccountId } from './envelope.ts';
import { Reason, ReportedPath, SweepTotals } from './outcome.ts';
import { SettingsFrom } from './settings-from.ts';

/** The state of a user: one name in every output. */
export const State = z.enum(['protected', 'blocked', 'unprotected', 'exempt', 'out-of-scope']);
export type State = z.infer<typeof State>;

/**
 * The kind of an MFA device. unknown: a serial number of a form that AWS does not document. not-read: IAM's credential report says that
 * the user has a device, and not which.
 */
export const MfaDeviceKind = z.enum([
  'passkey-or-security-key',
  'authenticator-app',
  'hardware-token',
  'unknown',
  'not-read',
]);
export type MfaDeviceKind = z.infer<typeof MfaDeviceKind>;

const ReportedDevice = z.object({
  /** Null where the kind is not-read. */
  serial: z.string().nullable(),
  kind: MfaDeviceKind,
  /** When the device was assigned to the user; null where IAM does not say. */
  enrolledAt: z.iso.datetime().nullable(),
});
export type ReportedDevice = z.infer<typeof ReportedDevice>;

/** An access key, as IAM's credential report has it: by its number, without its id. */
const ReportedKey = z.object({
  number: z.literal([1, 2]),
  active: z.boolean(),
  lastRotatedAt: z.iso.datetime().nullable(),
  /** Null where IAM has no record of a use, as are then the service and the Region. */
  lastUsedAt: z.iso.datetime().nullable(),
  lastUsedService: z.string().nullable(),
  lastUsedRegion: z.string().nullable(),
});
export type ReportedKey = z.infer<typeof ReportedKey>;

/** A user's line of IAM's credential report. It is as old as the report. */
export const ReportedCredentials = z.object({
  /** The last sign-in with the password; null where IAM has no record of one. */
  lastSignInAt: z.iso.datetime().nullable(),
  passwordChangedAt: z.iso.datetime().nullable(),
  accessKeys: z.array(ReportedKey),
  /** X.509 certificates, for APIs that take no access keys. */
  signingCertificates: z.array(
    z.object({
      number: z.literal([1, 2]),
      active: z.boolean(),
      lastRotatedAt: z.iso.datetime().nullable(),
    }),
  ),
});
export type ReportedCredentials = z.infer<typeof ReportedCredentials>;

/**
 * A service-specific credential: a long-term API key, as of Amazon Bedrock, or a user name and password, as for CodeCommit.
 * It acts as the user, in one service.
 */
const ReportedServiceCredential = z.object({
  id: z.string(),
  /** The service's name as IAM writes it: bedrock.amazonaws.com. */
  service: z.string(),
  status: z.enum(['active', 'inactive', 'expired']),
  createdAt: z.iso.datetime().nullable(),
  /** Null for one that does not expire. */
  expiresAt: z.iso.datetime().nullable(),
});
export type ReportedServiceCredential = z.infer<typeof ReportedServiceCredential>;

/** An SSH key for CodeCommit. */
const ReportedSshKey = z.object({
  id: z.string(),
  active: z.boolean(),
  uploadedAt: z.iso.datetime().nullable(),
});
export type ReportedSshKey = z.infer<typeof ReportedSshKey>;

/** What a user's tags or name say of an exemption. */
export const ReportedExemption = z.object({
  /** False: it has ended, or its end is no date. */
  inForce: z.boolean(),
  reason: Reason,
  /** The value of the tag mfa-exempt-until; null for an exemption without an end. */
  until: z.string().nullable(),
});
export type ReportedExemption = z.infer<typeof ReportedExemption>;

/** One user of a report. */
export const ReportedUser = z.object({
  name: z.string(),
  arn: z.string(),
  state: State,
  reasons: z.array(Reason),
  hasPassword: z.boolean(),
  /** Where `hasPassword` comes from. IAM's credential report is as old as `sources` says. */
  passwordFrom: z.enum(['live', 'credential-report']),
  devices: z.array(ReportedDevice),
  /**
   * Where `devices` comes from. live: all devices, listed with the report. virtual-devices: the user's authenticator apps, listed with
   * the report; other devices of this user were not asked for. credential-report: whether there is any device, as old as `sources` says.
   */
  devicesFrom: z.enum(['live', 'virtual-devices', 'credential-report']),
  /** When the user was created; null where IAM does not say. */
  createdAt: z.iso.datetime().nullable(),
  /** A block method is in place. */
  blocked: z.boolean(),
  /**
   * When the enforcer blocked the user; null for a user who is not blocked, and where the state table does not say: it keeps
   * a block for 30 days, and does not know of blocks by others.
   */
  blockedSince: z.iso.datetime().nullable(),
  /** Since when the circuit breaker refuses to block the user; null for others, and where the state table does not say. */
  refusedSince: z.iso.datetime().nullable(),
  /** When the user, who is unprotected and has time to enrol, is blocked. Absent for others, and where that is not known. */
  graceUntil: z.iso.datetime().optional(),
  /** Null where neither a tag nor the name exempts the user. */
  exemption: ReportedExemption.nullable(),
  /** Null where the credential report could not be read, or is older than the user. */
  credentials: ReportedCredentials.nullable(),
  /**
   * Why the user, who is blocked or unprotected, cannot enrol, as where a permissions boundary denies it; or why that could not be
   * checked. Null where nothing is known to hinder the user. An SCP is found as far as IAM's policy simulator evaluates it.
   */
  enrolmentProblem: Reason.nullable(),
  /** Null where they could not be read. */
  serviceCredentials: z.array(ReportedServiceCredential).nullable(),
  /** Null where they could not be read, and for a user with an MFA device: each user costs a call. */
  sshKeys: z.array(ReportedSshKey).nullable(),
});
export type ReportedUser = z.infer<typeof ReportedUser>;

/** A source of facts that could not be read, and why. The facts that come from it are null. */
const SourceNotRead = z.object({ status: z.literal('not-read'), problem: Reason });

/** A source that is read with the users, so that its facts are as old as the report. */
export const LiveSource = z.discriminatedUnion('status', [
  z.object({ status: z.literal('read') }),
  SourceNotRead,
]);
export type LiveSource = z.infer<typeof LiveSource>;

/** The number of users whose fact comes from each source, and how old the fact is. */
const FactSource = z.object({
  /** Read with the report. */
  live: z.int().nonnegative(),
  /** From IAM's credential report. */
  credentialReport: z.int().nonnegative(),
  /** When IAM made that report; null where no fact comes from it. */
  generatedAt: z.iso.datetime().nullable(),
});

/** The sources of a report. It can do without each that has a status, and without no other. */
export const Sources = z.object({
  /** Of `devices`, and with it of `state`. */
  devices: FactSource.extend({
    /** Users of whom only the virtual devices were listed, with the report. */
    virtualDevices: z.int().nonnegative(),
  }),
  /** Of `hasPassword`. */
  passwords: FactSource,
  /** What was asked for by `--max-age`; null without that option. */
  maxAge: z
    .object({
      minutes: z.int().nonnegative(),
      /** Why IAM's credential report could not serve, so that everything was read live; null where it could. */
      problem: Reason.nullable(),
    })
    .nullable(),
  /** Of `credentials`. */
  credentialReport: z.discriminatedUnion('status', [
    z.object({
      status: z.literal('read'),
      /** IAM makes a new one after four hours at the earliest: the facts are as old as that. */
      generatedAt: z.iso.datetime(),
    }),
    SourceNotRead,
  ]),
  /** Of `blockedSince`. */
  stateTable: LiveSource,
  /** Of `serviceCredentials`. */
  serviceCredentials: LiveSource,
  /** Of `sshKeys`. Where it was read for some users only, it is not-read. */
  sshKeys: LiveSource,
});
export type Sources = z.infer<typeof Sources>;

/** The state of an account: what every report format is rendered from. */
export const Report = z.object({
  schema: z.literal('mfa-enforcer/report/1'),
  account: AccountId,
  /** The partition of its ARNs: aws, aws-us-gov, aws-cn or aws-eusc. */
  partition: z.string(),
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
  sources: Sources,
  /** Absent in reports of older releases. */
  eventPath: ReportedPath.optional(),
  users: z.array(ReportedUser),
});
export type Report = z.infer<typeof Report>;
