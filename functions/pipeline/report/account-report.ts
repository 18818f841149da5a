import type { IAMClient } from '@aws-sdk/client-iam';
import type { Reason, SweepTotals } from '../../../events/outcome.ts';
import type {
  LiveSource,
  Report,
  ReportedSshKey,
  ReportedUser,
  Sources,
} from '../../../events/report.ts';
import { rowUse } from '../../domain/accounts/credential-report.ts';
import { partitionOfArn } from '../../domain/rules/blocking-policies.ts';
import { exemptionFacts } from '../../domain/rules/exemption.ts';
import { partitionNamed, partitions } from '../../domain/rules/partition.ts';
import { formatSettings, type Settings } from '../../domain/rules/settings.ts';
import { addToTotals, noTotals, stateOf } from '../../domain/rules/totals.ts';
import type { UserFacts } from '../../domain/rules/user-facts.ts';
import { getAccountAlias, getAccountSummary } from '../../io/iam-account.ts';
import type { MfaDevice } from '../../io/iam-user.ts';
import { readEnrolmentProblem } from '../enrolment.ts';
import { listUsers } from '../list-users.ts';
import { readUser, type UserRead } from '../review/read-user.ts';
import type { BlockTime, BlockTimes } from './block-times.ts';
import {
  type CredentialFacts,
  type HowToReadCredentials,
  readCredentialReport,
  WAITS_OF_MONITOR,
} from './credential-report.ts';
import {
  noServiceCredentials,
  readServiceCredentials,
  type ServiceCredentialFacts,
  SshKeyReader,
} from './other-credentials.ts';
import { type HowToReadSignIn, readSignIn, type SignIn } from './read-sign-in.ts';
import { type TimeSource, withTimeToEnrol } from './time-to-enrol.ts';

/** A report without the origin of its settings, which only the command knows. */
export type AccountReport = Omit<Report, 'settingsFrom'>;

/** How a report is read. */
export interface MonitorDeps extends HowToReadCredentials {
  readonly now: Date;
  /** How old devices and passwords may be, in ms. Null: those of users who may be unprotected or blocked are read live. */
  readonly maxAgeMs: number | null;
  /** Called after each user. */
  readonly onUser?: () => void;
}

/** What a whole report reads besides IAM's lists of users. Where it fails, its facts are absent, with the reason. */
export interface ReportDeps extends MonitorDeps {
  /** Null where no deployed stack with a state table is known. */
  readonly blockTimes: BlockTimes | null;
  /** Tells which users have time to enrol. */
  readonly time: TimeSource;
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
  const { blockTimes, reasonOf } = deps;
  const sshKeyReader = new SshKeyReader(iam, reasonOf);
  const credentials = await readCredentialReport(iam, deps);
  const read = await readRows(iam, settings, deps, credentials, 'all', async (signIn) => {
    const { decision, facts, devices } = signIn;
    // A call for each user: only of those whom a credential alone may be enough for.
    const sshKeys = devices.length > 0 ? null : await sshKeyReader.read(facts.user);
    const enrolmentProblem =
      decision.status === 'unprotected'
        ? await readEnrolmentProblem(iam, settings, facts, reasonOf)
        : null;
    return { ...signIn, sshKeys, enrolmentProblem };
  });
  const rows = { ...read, users: await withTimeToEnrol(settings, read.users, deps.time) };
  const concerned = rows.users.filter(
    ({ decision }) => decision.blocked || decision.status === 'unprotected',
  );
  const times = await readBlockTimes(
    concerned.map(({ facts }) => facts.user),
    settings,
    { blockTimes, reasonOf },
  );
  return reportOf(rows, settings, deps, {
    serviceCredentials: await readServiceCredentials(iam, reasonOf),
    sshKeys: sshKeyReader.source,
    credentials,
    times,
  });
}

/**
 * The report for a monitor: the same totals and findings, but only the users without an MFA device, and without facts that no
 * monitor shows.
 * @param passwords states: a password that the state does not hang on is as old as the credential report
 * @throws the error of a failed read
 */
export async function monitorReport(
  iam: IAMClient,
  settings: Settings,
  deps: MonitorDeps,
  passwords: 'without-device' | 'states' = 'without-device',
): Promise<AccountReport> {
  const credentials = await readCredentialReport(iam, deps, WAITS_OF_MONITOR);
  const rows = await readRows(iam, settings, deps, credentials, passwords, async (signIn) => ({
    ...signIn,
    sshKeys: null,
    enrolmentProblem: null,
  }));
  const unread = { status: 'not-read', problem: notAsked } as const;
  return reportOf(rows, settings, deps, {
    serviceCredentials: noServiceCredentials(notAsked),
    sshKeys: unread,
    credentials,
    times: { source: unread, of: new Map() },
  });
}

const notAsked: Reason = { code: 'not-asked', text: 'this format of a report does not have it' };

/** What a user signs in with, and what follows from it. */
type Judged = SignIn & UserRead;

/** A user as a report reads one. */
interface Row extends Judged {
  readonly sshKeys: ReportedSshKey[] | null;
  readonly enrolmentProblem: Reason | null;
  /** Absent in a report for a monitor. */
  readonly graceUntil?: Date | null;
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
  { now, maxAgeMs, onUser }: MonitorDeps,
  { source, lineOf }: CredentialFacts,
  passwords: HowToReadSignIn['passwords'],
  look: (judged: Judged) => Promise<Row>,
): Promise<Rows> {
  const [alias, { rootHasMfa }] = await Promise.all([getAccountAlias(iam), getAccountSummary(iam)]);
  const use = rowUse(source.status === 'read' ? source.generatedAt : null, maxAgeMs, now);
  const how = { now, use, rowOf: lineOf, passwords };
  const lookAtUser = async (known: UserFacts, virtualDevices: readonly MfaDevice[]) => {
    const signIn = await readSignIn(iam, settings, known, virtualDevices, how);
    const userRead = signIn && (await readUser(iam, settings, signIn.facts, now));
    return userRead && look({ ...signIn, ...userRead });
  };
  const users: Row[] = [];
  for await (const row of listUsers(iam, settings, lookAtUser)) {
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
  { now, maxAgeMs }: MonitorDeps,
  { credentials, times, serviceCredentials, sshKeys: sshKeySource }: Facts,
): AccountReport {
  const users = rows.flatMap((row): ReportedUser[] => {
    const { facts, decision, devices, devicesFrom, passwordFrom, sshKeys, enrolmentProblem } = row;
    const { graceUntil } = row;
    // A user whose password was not asked for is counted, and not listed.
    if (passwordFrom === null) return [];
    return [
      {
        name: facts.user,
        arn: facts.profile?.arn ?? '',
        state: stateOf(decision),
        reasons: [...decision.reasons],
        hasPassword: facts.password === true,
        passwordFrom,
        devices: [...devices],
        devicesFrom,
        createdAt: facts.profile?.createdAt?.toISOString() ?? null,
        blocked: decision.blocked,
        blockedSince: (decision.blocked && times.of.get(facts.user)?.blockedAt) || null,
        refusedSince: (!decision.blocked && times.of.get(facts.user)?.refusedAt) || null,
        ...(graceUntil && { graceUntil: graceUntil.toISOString() }),
        exemption: facts.profile ? exemptionFacts(facts.profile, settings, now) : null,
        credentials: credentials.lineOf(facts)?.credentials ?? null,
        enrolmentProblem,
        serviceCredentials: serviceCredentials.of(facts.user),
        sshKeys,
      },
    ];
  });
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
      ...signInSources(rows, credentials.source),
      maxAge: maxAgeMs === null ? null : maxAgeSource(maxAgeMs, credentials.source, now),
      credentialReport: credentials.source,
      stateTable: times.source,
      serviceCredentials: serviceCredentials.source,
      sshKeys: sshKeySource,
    },
    users: users.toSorted((a, b) => a.name.localeCompare(b.name, 'en')),
  };
}

/** How many devices and passwords come from where. */
function signInSources(
  rows: readonly SignIn[],
  source: Sources['credentialReport'],
): Pick<Sources, 'devices' | 'passwords'> {
  const generatedAt = source.status === 'read' ? source.generatedAt : null;
  const devices = (from: SignIn['devicesFrom']) =>
    rows.filter(({ devicesFrom }) => devicesFrom === from).length;
  const passwords = (from: SignIn['passwordFrom']) =>
    rows.filter(({ passwordFrom }) => passwordFrom === from).length;
  const counted = (live: number, credentialReport: number) => ({
    live,
    credentialReport,
    generatedAt: credentialReport > 0 ? generatedAt : null,
  });
  return {
    devices: {
      ...counted(devices('live'), devices('credential-report')),
      virtualDevices: devices('virtual-devices'),
    },
    passwords: counted(passwords('live'), passwords('credential-report')),
  };
}

const MINUTE_MS = 60_000;

function maxAgeSource(
  maxAgeMs: number,
  source: Sources['credentialReport'],
  now: Date,
): Sources['maxAge'] {
  const minutes = maxAgeMs / MINUTE_MS;
  if (source.status === 'not-read') return { minutes, problem: source.problem };
  const isServed = rowUse(source.generatedAt, maxAgeMs, now) === 'all';
  const text = `IAM made its credential report at ${source.generatedAt}`;
  return { minutes, problem: isServed ? null : { code: 'too-old', text } };
}
