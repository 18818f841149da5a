import type {
  AccountNotRead,
  AccountPlace,
  AccountRead,
  OrganizationReport,
} from '../../../events/organization-report.ts';
import type { ReportedPath } from '../../../events/outcome.ts';
import type { Report, ReportedUser } from '../../../events/report.ts';
import { eventPathLevel, eventPathText, isSilent } from './event-path.ts';
import { day, oneLine } from './text.ts';

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
  /** What is wrong with the event path; null for nothing. */
  readonly eventPath: string | null;
  /** How many event paths are not proven; null where it is not known, which is not 0. */
  readonly pathsNotProven: number | null;
}

/**
 * The findings in an account, the same for every monitor.
 * Critical: a password without MFA and without an exemption, an unprotected user, or a root user without MFA.
 * Critical, too: no IAM event arrived in two sweeps. Warning: none arrived in the last, or the event path could not be probed, or its
 * state could not be read.
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
  const path = eventPathLevel(report);
  const critical =
    withoutMfa.length > 0 || unprotected > 0 || rootWithoutMfa || path === 'critical';
  const blockedWithoutNeed = namesOf(report.users.filter(isBlockedWithoutNeed));
  const warning = exemptWithPassword.length + blockedWithoutNeed.length > 0 || path === 'warning';
  return {
    level: critical ? 'critical' : warning ? 'warning' : 'ok',
    withoutMfa,
    exemptWithPassword,
    unprotected,
    rootWithoutMfa,
    blockedWithoutNeed,
    eventPath: path === 'ok' ? null : eventPathText(report),
    pathsNotProven: pathsNotProven(report),
  };
}

/** 0 or 1; null where it is not known: before the first probe is due, with Probe off, and where the state could not be read. */
function pathsNotProven(report: Report): number | null {
  const { eventPath } = report;
  if (eventPath === undefined || eventPath.state === 'unknown') return null;
  if (eventPath.state === 'proven') return 0;
  return eventPathLevel(report) === 'ok' ? null : 1;
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
  /** The accounts whose IAM events do not arrive, each with the day since when: "payments since 2026-03-01". */
  readonly silentPaths: readonly string[];
  /** The same of the accounts of which only the last probe did not come back. */
  readonly latePaths: readonly string[];
  /** The accounts whose event path was not probed, each with the reason. */
  readonly notProbedPaths: readonly string[];
  /** The accounts whose event path could not be read, each with the reason. */
  readonly unknownPaths: readonly string[];
  /** How many event paths are not proven; null where it is not known of an account: the number would be too small. */
  readonly pathsNotProven: number | null;
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
    path: one.report.eventPath,
    ...findingsOf(one.report),
  }));
  const paths = (state: ReportedPath['state']) =>
    each.flatMap(({ name, eventPath, path }) =>
      eventPath !== null && path?.state === state ? [{ name, path }] : [],
    );
  const since = ({ name, path }: { readonly name: string; readonly path: ReportedPath }) =>
    `${name} since ${day(path.since ?? report.at)}`;
  const because = ({ name, path }: { readonly name: string; readonly path: ReportedPath }) =>
    `${name} (${oneLine(path.why?.text ?? '')})`;
  const unproven = paths('unproven');
  const users = (of: 'withoutMfa' | 'exemptWithPassword' | 'blockedWithoutNeed') =>
    each.flatMap((one) => one[of].map((user) => `${user} (${one.name})`));
  const notRead = notReadIn(report).map(nameOf);
  const known = each.flatMap(({ pathsNotProven }) => pathsNotProven ?? []);
  const isEachKnown = known.length === each.length && each.length > 0;
  const level: Level =
    (['critical', 'warning'] as const).find((level) => each.some((one) => one.level === level)) ??
    'ok';
  return {
    level: notRead.length > 0 && level !== 'critical' ? 'unknown' : level,
    notRead,
    withoutMfa: users('withoutMfa'),
    exemptWithPassword: users('exemptWithPassword'),
    blockedWithoutNeed: users('blockedWithoutNeed'),
    unprotected: report.totals.unprotected,
    silentPaths: unproven.filter(({ path }) => isSilent(path)).map(since),
    latePaths: unproven.filter(({ path }) => !isSilent(path)).map(since),
    notProbedPaths: paths('not-probed').map(because),
    unknownPaths: paths('unknown').map(because),
    pathsNotProven: isEachKnown ? known.reduce((sum, one) => sum + one, 0) : null,
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
