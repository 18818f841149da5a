import type { AccountNotRead, OrganizationReport } from '../../../events/organization-report.ts';
import type { Report, ReportedUser } from '../../../events/report.ts';
import { type Finding, findingsOf } from './attention.ts';
import { rootControls, userControls } from './controls.ts';
import { accountText, oneLine } from './text.ts';

/** What a compliance tool gets about one user, root, or an account. */
export interface Assessment {
  /** Stays the same from report to report, so that a later assessment replaces an earlier one. */
  readonly id: string;
  /** What it is about. */
  readonly subject: Subject;
  /** unknown: it could not be read. It is never to be taken for passed. */
  readonly status: 'passed' | 'failed' | 'unknown';
  readonly severity: 'informational' | 'low' | 'medium' | 'high' | 'critical';
  readonly title: string;
  readonly description: string;
  /** What to do; null where nothing is to be done. */
  readonly todo: string | null;
  /** Controls of published standards, as AWS Security Hub writes them. */
  readonly controls: readonly string[];
  /** The codes of its findings and reasons. */
  readonly codes: readonly string[];
}

/** The user, or the account where it is about root or could not be read. */
interface Subject {
  readonly account: string;
  readonly accountName: string | null;
  readonly partition: string;
  readonly user: ReportedUser | null;
  /** When it was read: ISO 8601. */
  readonly at: string;
}

/** An assessment of root where it can sign in, and of every user, the findings first. */
export function assessmentsOf(report: Report): Assessment[] {
  const { account, alias, partition, at, users } = report;
  const place = { account, accountName: alias, partition, at };
  const findings = findingsOf(report);
  const root = report.rootMfa === null ? [] : [ofRoot(place, findings)];
  const byUser = new Map<ReportedUser, Finding[]>();
  for (const finding of findings) {
    for (const user of finding.users) byUser.set(user, [...(byUser.get(user) ?? []), finding]);
  }
  const all = [...root, ...users.map((user) => ofUser(place, user, byUser.get(user) ?? []))];
  return [
    ...all.filter(({ status }) => status !== 'passed'),
    ...all.filter(({ status }) => status === 'passed'),
  ];
}

/** The same of all accounts. An account that could not be read has one assessment, which is unknown. */
export function organizationAssessments({ accounts }: OrganizationReport): Assessment[] {
  // The accounts of an organization are in one partition.
  const partition = accounts.find((one) => one.status === 'read')?.report.partition ?? 'aws';
  return accounts.flatMap((one) =>
    one.status === 'read' ? assessmentsOf(one.report) : [notRead(one, partition)],
  );
}

type Place = Omit<Subject, 'user'>;

function ofRoot(place: Place, findings: readonly Finding[]): Assessment {
  const found = findings.find(({ id }) => id === 'root');
  return {
    id: `arn:${place.partition}:iam::${place.account}:root`,
    subject: { ...place, user: null },
    status: found ? 'failed' : 'passed',
    severity: found ? 'critical' : 'informational',
    title: found?.title ?? 'The root user has an MFA device, or cannot sign in',
    description: found?.what ?? 'IAM reports that root needs MFA, or has neither password nor key.',
    todo: found?.todo ?? null,
    controls: rootControls,
    codes: found ? ['root-without-mfa'] : [],
  };
}

function ofUser(place: Place, user: ReportedUser, findings: readonly Finding[]): Assessment {
  const reasons = user.reasons.map(({ text }) => text).join('; ');
  const about = {
    // A user who was created while the account was read may have no ARN yet.
    id: user.arn || `arn:${place.partition}:iam::${place.account}:user/${user.name}`,
    subject: { ...place, user },
    codes: [...findings.map(({ id }) => id), ...user.reasons.map(({ code }) => code)],
  };
  const [worst] = findings;
  if (worst) {
    return {
      ...about,
      status: 'failed',
      severity: findings.some(({ severe }) => severe) ? 'high' : 'medium',
      title: `${worst.ofOne}: ${user.name}`,
      description: `${findings.map(({ what }) => what).join(' ')} State: ${user.state} (${reasons}).`,
      todo: findings.map(({ todo }) => todo).join(' '),
      controls: findings.some(({ severe }) => severe) ? userControls(user) : [],
    };
  }
  if (user.state === 'blocked') {
    return {
      ...about,
      status: 'failed',
      severity: 'low',
      title: `No MFA device, and blocked: ${user.name}`,
      description: `The user has no MFA device, and everything except enrolling one is denied (${reasons}).`,
      todo: 'Have the user enrol an MFA device, or delete the user if nobody needs it.',
      controls: userControls(user),
    };
  }
  return {
    ...about,
    status: 'passed',
    severity: 'informational',
    title: `${user.state === 'protected' ? 'Protected' : 'Not in need of MFA'}: ${user.name}`,
    description: `State: ${user.state} (${reasons}).`,
    todo: null,
    controls: user.devices.length > 0 ? userControls(user) : [],
  };
}

function notRead(one: AccountNotRead, partition: string): Assessment {
  const { account, name, at, problem } = one;
  return {
    id: `arn:${partition}:iam::${account}:account-not-read`,
    subject: { account, accountName: name, partition, user: null, at },
    status: 'unknown',
    severity: 'medium',
    title: `The account could not be read: ${accountText(one)}`,
    description: `Nothing is known of its users. ${oneLine(problem.text)}`,
    todo: 'Correct the cause, and run the report again.',
    controls: [],
    codes: [problem.code],
  };
}
