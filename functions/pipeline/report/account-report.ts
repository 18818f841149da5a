import type { IAMClient } from '@aws-sdk/client-iam';
import type { Reason, SweepTotals } from '../../../events/outcome.ts';
import type {
  LiveSource,
  Report,
  ReportedDevice,
  ReportedSshKey,
  ReportedUser,
} from '../../../events/report.ts';
import { mfaDeviceKind } from '../../domain/accounts/mfa-device-kind.ts';
import { partitionOfArn } from '../../domain/rules/blocking-policies.ts';
import { exemptionFacts } from '../../domain/rules/exemption.ts';
import { partitionNamed, partitions } from '../../domain/rules/partition.ts';
import { formatSettings, type Settings } from '../../domain/rules/settings.ts';
import { addToTotals, noTotals, stateOf } from '../../domain/rules/totals.ts';
import type { UserFacts } from '../../domain/rules/user-facts.ts';
import { getAccountAlias, getAccountSummary } from '../../io/iam-account.ts';
import { hasPassword, listMfaDevices, type MfaDevice, readMfaDevices } from '../../io/iam-user.ts';
import { readEnrolmentProblem } from '../enrolment.ts';
import { listUsers } from '../list-users.ts';
import { readUser, type UserRead } from '../review/read-user.ts';
import type { BlockTime, BlockTimes } from './block-times.ts';
import {
  beginCredentialReport,
  type CredentialFacts,
  type HowToReadCredentials,
  noCredentials,
} from './credential-report.ts';
import {
  noServiceCredentials,
  readServiceCredentials,
  type ServiceCredentialFacts,
  SshKeyReader,
} from './other-credentials.ts';

/** A report without the origin of its settings, which only the command knows. */
export type AccountReport = Omit<Report, 'settingsFrom'>;

/** What a whole report reads besides IAM's lists of users. Where it fails, its facts are absent, with the reason. */
export interface ReportDeps extends HowToReadCredentials {
  readonly now: Date;
  /** Null where no deployed stack with a state table is known. */
  readonly blockTimes: BlockTimes | null;
  /** Called after each user. */
  readonly onUser?: () => void;
}

/**
 * Reads the state of every user of the account, with passwords, devices and other credentials. It writes nothing.
 * @returns the report, users in alphabetical order
 * @throws the error of a failed read of users, passwords or devices, because a report must be complete
 */
export async function accountReport(
  iam: IAMClient,
  settings: Settings,
  deps: ReportDeps,
): Promise<AccountReport> {
  const { now, onUser, blockTimes, reasonOf } = deps;
  const readCredentials = beginCredentialReport(iam, deps);
  const sshKeyReader = new SshKeyReader(iam, reasonOf);
  const rows = await readRows(iam, settings, onUser, async (known) => {
    // The bulk reading lists only virtual devices. A report lists hardware and FIDO devices, too.
    const read = await readMfaDevices(iam, known.user);
    if (read === null) return null;
    const password = await hasPassword(iam, known.user);
    const devices = read.devices.map(({ serial }) => serial);
    const userRead = await readUser(iam, settings, { ...known, devices, password }, now);
    // A call for each user: only of those whom a credential alone may be enough for.
    const sshKeys = devices.length > 0 ? null : await sshKeyReader.read(known.user);
    if (userRead === null) return null;
    const isConcerned = userRead.decision.status === 'unprotected';
    const problem = isConcerned
      ? await readEnrolmentProblem(iam, settings, userRead.facts, reasonOf)
      : null;
    return { ...userRead, devices: read.devices, sshKeys, enrolmentProblem: problem };
  });
  const concerned = rows.users.filter(
    ({ decision }) => decision.blocked || decision.status === 'unprotected',
  );
  const times = await readBlockTimes(
    concerned.map(({ facts }) => facts.user),
    settings,
    { blockTimes, reasonOf },
  );
  return reportOf(rows, settings, now, {
    serviceCredentials: await readServiceCredentials(iam, reasonOf),
    sshKeys: sshKeyReader.source,
    credentials: await readCredentials(),
    times,
  });
}

/**
 * The report for a monitor: the same totals and findings, but only the users without an MFA device, and without facts that no
 * monitor shows. A user with a virtual device needs no call.
 * @param onUser called after each user
 * @throws the error of a failed read
 */
export async function monitorReport(
  iam: IAMClient,
  settings: Settings,
  now: Date,
  onUser?: () => void,
): Promise<AccountReport> {
  const rows = await readRows(iam, settings, onUser, async (known) => {
    const { devices } = known.devices ? known : ((await listMfaDevices(iam, known.user)) ?? {});
    if (devices === undefined) return null;
    // Protected users are not listed, so a password that was not read is not shown as missing.
    const password = devices.length > 0 ? undefined : await hasPassword(iam, known.user);
    const facts = { ...known, devices, ...(password === undefined ? {} : { password }) };
    const userRead = await readUser(iam, settings, facts, now);
    const serials = devices.map((serial) => ({ serial }));
    return userRead && { ...userRead, devices: serials, sshKeys: null, enrolmentProblem: null };
  });
  const unread = { status: 'not-read', problem: notAsked } as const;
  const report = reportOf(rows, settings, now, {
    serviceCredentials: noServiceCredentials(notAsked),
    sshKeys: unread,
    credentials: noCredentials(notAsked),
    times: { source: unread, of: new Map() },
  });
  return { ...report, users: report.users.filter(({ devices }) => devices.length === 0) };
}

const notAsked: Reason = { code: 'not-asked', text: 'this format of a report does not have it' };

/** A user as a report reads one. */
interface Row extends UserRead {
  readonly devices: readonly MfaDevice[];
  readonly sshKeys: ReportedSshKey[] | null;
  readonly enrolmentProblem: Reason | null;
}

/** What was read of an account. */
interface Rows {
  readonly alias: string | null;
  readonly rootHasMfa: boolean;
  readonly users: readonly Row[];
}

async function readRows(
  iam: IAMClient,
  settings: Settings,
  onUser: (() => void) | undefined,
  look: (known: UserFacts) => Promise<Row | null>,
): Promise<Rows> {
  const [alias, { rootHasMfa }] = await Promise.all([getAccountAlias(iam), getAccountSummary(iam)]);
  const users: Row[] = [];
  for await (const row of listUsers(iam, settings, look)) {
    onUser?.();
    users.push(row);
  }
  return { alias, rootHasMfa, users };
}

/** When users were blocked, or refused. */
interface Times {
  readonly source: LiveSource;
  readonly of: ReadonlyMap<string, BlockTime>;
}

/** What a report can do without. */
interface Facts {
  readonly credentials: CredentialFacts;
  readonly times: Times;
  readonly serviceCredentials: ServiceCredentialFacts;
  readonly sshKeys: LiveSource;
}

async function readBlockTimes(
  users: readonly string[],
  { account }: Settings,
  { blockTimes, reasonOf }: Pick<ReportDeps, 'blockTimes' | 'reasonOf'>,
): Promise<Times> {
  const notRead = (problem: Reason): Times => ({
    source: { status: 'not-read', problem },
    of: new Map(),
  });
  if (blockTimes === null) return notRead(noTable);
  try {
    return { source: { status: 'read' }, of: await blockTimes(account, users) };
  } catch (error) {
    return notRead(reasonOf(error));
  }
}

const noTable: Reason = {
  code: 'no-state-table',
  text: 'no deployed stack was read, and its state table says when a user was blocked',
};

function reportOf(
  { alias, rootHasMfa, users: rows }: Rows,
  settings: Settings,
  now: Date,
  { credentials, times, serviceCredentials, sshKeys: sshKeySource }: Facts,
): AccountReport {
  const users = rows.map(
    ({ facts, decision, devices, sshKeys, enrolmentProblem }): ReportedUser => ({
      name: facts.user,
      arn: facts.profile?.arn ?? '',
      state: stateOf(decision),
      reasons: [...decision.reasons],
      hasPassword: facts.password === true,
      devices: devices.map(reportedDevice),
      createdAt: facts.profile?.createdAt?.toISOString() ?? null,
      blocked: decision.blocked,
      blockedSince: (decision.blocked && times.of.get(facts.user)?.blockedAt) || null,
      refusedSince: (!decision.blocked && times.of.get(facts.user)?.refusedAt) || null,
      exemption: facts.profile ? exemptionFacts(facts.profile, settings, now) : null,
      credentials: credentials.credentialsOf(facts),
      enrolmentProblem,
      serviceCredentials: serviceCredentials.of(facts.user),
      sshKeys,
    }),
  );
  const partition = partitionNamed(partitionOfArn(settings.policyArn));
  let totals: SweepTotals = noTotals;
  for (const { decision } of rows) totals = addToTotals(totals, decision);
  return {
    schema: 'mfa-enforcer/report/1',
    account: settings.account,
    partition,
    alias,
    at: now.toISOString(),
    decidedBy: formatSettings(settings),
    totals,
    rootMfa: partitions[partition].rootSignsIn ? rootHasMfa : null,
    sources: {
      credentialReport: credentials.source,
      stateTable: times.source,
      serviceCredentials: serviceCredentials.source,
      sshKeys: sshKeySource,
    },
    users: users.toSorted((a, b) => a.name.localeCompare(b.name, 'en')),
  };
}

function reportedDevice({ serial, enrolledAt }: MfaDevice): ReportedDevice {
  return { serial, kind: mfaDeviceKind(serial), enrolledAt: enrolledAt?.toISOString() ?? null };
}
