import type {
  AccountNotRead,
  AccountPlace,
  AccountRead,
  OrganizationReport,
} from '../../../events/organization-report.ts';
import type { Report, ReportedUser } from '../../../events/report.ts';
import { oneLine } from './text.ts';

/** How severe a report is: a monitor shows it as a colour. */
export type Level = 'ok' | 'warning' | 'critical';

/** What a monitor reports on an account. */
export interface Findings {
  readonly level: Level;
  /** Names of the users with a password, no MFA device and no exemption; blocked or not. */
  readonly withoutMfa: readonly string[];
  /** Names of the exempt users with a password and no MFA device. */
  readonly exemptWithPassword: readonly string[];
  /** How many users in scope have no MFA device and are not blocked, with a password or without. */
  readonly unprotected: number;
  readonly rootWithoutMfa: boolean;
  /** Names of the exempt and out-of-scope users who are blocked nevertheless: a service may not work. */
  readonly blockedWithoutNeed: readonly string[];
}

/**
 * The findings in an account, the same for every monitor.
 * Critical: a password without MFA and without an exemption, an unprotected user, or a root user without MFA.
 * Warning: an exempt user with a password and no MFA device, who can sign in with the password alone, or a user who is blocked
 * without need. An exempt user without a password is ok: exemptions are meant for such users.
 */
export function findingsOf(report: Report): Findings {
  const passwordOnly = report.users.filter(
    ({ hasPassword, devices }) => hasPassword && devices.length === 0,
  );
  const withoutMfa = namesOf(passwordOnly.filter(({ state }) => state !== 'exempt'));
  const exemptWithPassword = namesOf(passwordOnly.filter(({ state }) => state === 'exempt'));
  const { unprotected } = report.totals;
  const rootWithoutMfa = report.rootMfa === false;
  const critical = withoutMfa.length > 0 || unprotected > 0 || rootWithoutMfa;
  const blockedWithoutNeed = namesOf(report.users.filter(isBlockedWithoutNeed));
  const warning = exemptWithPassword.length + blockedWithoutNeed.length > 0;
  return {
    level: critical ? 'critical' : warning ? 'warning' : 'ok',
    withoutMfa,
    exemptWithPassword,
    unprotected,
    rootWithoutMfa,
    blockedWithoutNeed,
  };
}

/** Whether a user is blocked although exempt or out of scope. The next event or sweep should unblock the user. */
export function isBlockedWithoutNeed({ state, blocked }: ReportedUser): boolean {
  return blocked && (state === 'exempt' || state === 'out-of-scope');
}

function namesOf(users: readonly ReportedUser[]): string[] {
  return users.map(({ name }) => name);
}

/** What a monitor reports on an organization. Users are named as "dana (payments)". */
export interface OrganizationFindings {
  /** unknown: an account could not be read, and the others have nothing critical. */
  readonly level: Level | 'unknown';
  /** Names of the accounts that could not be read. */
  readonly notRead: readonly string[];
  readonly withoutMfa: readonly string[];
  readonly exemptWithPassword: readonly string[];
  readonly blockedWithoutNeed: readonly string[];
  readonly unprotected: number;
  /** Names of the accounts whose root user has no MFA device. */
  readonly rootWithoutMfa: readonly string[];
}

/**
 * The findings in an organization. A critical finding outranks an account that could not be read. Such an account outranks a
 * warning: it may have any finding.
 */
export function organizationFindings(report: OrganizationReport): OrganizationFindings {
  const nameOf = ({ name, account }: AccountPlace) => oneLine(name) || account;
  const each = readIn(report).map((one) => ({
    name: nameOf(one),
    ...findingsOf(one.report),
  }));
  const users = (of: 'withoutMfa' | 'exemptWithPassword' | 'blockedWithoutNeed') =>
    each.flatMap((one) => one[of].map((user) => `${user} (${one.name})`));
  const notRead = notReadIn(report).map(nameOf);
  const known: Level =
    (['critical', 'warning'] as const).find((level) => each.some((one) => one.level === level)) ??
    'ok';
  return {
    level: notRead.length > 0 && known !== 'critical' ? 'unknown' : known,
    notRead,
    withoutMfa: users('withoutMfa'),
    exemptWithPassword: users('exemptWithPassword'),
    blockedWithoutNeed: users('blockedWithoutNeed'),
    unprotected: report.totals.unprotected,
    rootWithoutMfa: each.filter((one) => one.rootWithoutMfa).map(({ name }) => name),
  };
}

/** The accounts that were read. */
export function readIn({ accounts }: OrganizationReport): AccountRead[] {
  return accounts.filter((one) => one.status === 'read');
}

/** The accounts that could not be read. */
export function notReadIn({ accounts }: OrganizationReport): AccountNotRead[] {
  return accounts.filter((one) => one.status === 'not-read');
}
