import type { OrganizationReport } from '../../../events/organization-report.ts';
import type { Report } from '../../../events/report.ts';
import {
  type Findings,
  findingsOf,
  type Level,
  type OrganizationFindings,
  organizationFindings,
  readIn,
} from './findings.ts';
import type { MonitorFormat } from './format.ts';
import { ageNote } from './source-lines.ts';
import { countOf, named, oneLine, shorten } from './text.ts';

/** Exit statuses of a Nagios plugin (Monitoring Plugins Development Guidelines, "Plugin Return Codes"). */
export const nagiosStatuses = {
  ok: 0,
  warning: 1,
  critical: 2,
  unknown: 3,
} as const satisfies Readonly<Record<Level | 'unknown', number>>;

// NRPE 2 carries 1,024 bytes, the numbers at the end among them.
const NAGIOS_TEXT_AT_MOST = 700;
const EXEMPT_AT_MOST = 150;
// For each other part of an organization's text. The users with a password come last and have the remaining room.
const OTHERS_AT_MOST = 120;

/** One line of a Nagios plugin: status, text, "|", numbers (Guidelines, "Performance data"). */
export const nagios: MonitorFormat = {
  render(report) {
    const findings = findingsOf(report);
    const text = textOf(findings, report.totals.users, noteOf([report]));
    return `MFA ${findings.level.toUpperCase()}: ${text} | ${numbers(report, findings)}\n`;
  },
  failure: (problem) => `MFA UNKNOWN: ${shorten(asNagiosText(problem), NAGIOS_TEXT_AT_MOST)}\n`,
};

/** The exit status that goes with a report; where there is none it is `nagiosStatuses.unknown`. */
export function nagiosStatus(report: Report): 0 | 1 | 2 {
  return nagiosStatuses[findingsOf(report).level];
}

function textOf(
  {
    level,
    withoutMfa,
    exemptWithPassword,
    unprotected,
    rootWithoutMfa,
    blockedWithoutNeed,
    eventPath,
  }: Findings,
  users: number,
  note: string,
): string {
  if (level === 'ok')
    return `every user with a password has an MFA device (${countOf(users, 'user')})${note}`;
  const others = [
    rootWithoutMfa ? 'the root user has no MFA device' : '',
    shorten(asNagiosText(eventPath ?? ''), OTHERS_AT_MOST),
    unprotected > 0
      ? `${countOf(unprotected, 'user')} unprotected (no MFA device, not blocked)`
      : '',
    part('exempt user', 'with a password and no MFA device', exemptWithPassword, EXEMPT_AT_MOST),
    part('user', 'blocked without need', blockedWithoutNeed, EXEMPT_AT_MOST),
  ].filter((part) => part !== '');
  const room = NAGIOS_TEXT_AT_MOST - others.join(', ').length - note.length;
  const parts = [part('user', 'with a password and no MFA device', withoutMfa, room), ...others];
  return parts.filter((part) => part !== '').join(', ') + note;
}

/** How old the facts are, behind the other parts. */
function noteOf(reports: readonly Report[]): string {
  const note = ageNote(reports);
  return note === '' ? '' : `, ${shorten(asNagiosText(note), OTHERS_AT_MOST)}`;
}

/** The comma behind a part counts, too. */
function part(thing: string, what: string, names: readonly string[], most: number): string {
  return named(thing, what, names.map(asNagiosText), most - 2);
}

/** 'label'=value;warn;crit;min;max, where a threshold of 0 means that more than 0 alarms. */
function numbers(
  { totals, rootMfa }: Report,
  { withoutMfa, exemptWithPassword, pathsNotProven }: Findings,
): string {
  return [
    `'password without MFA'=${withoutMfa.length};;0;0`,
    `'blocked'=${totals.blocked};;;0`,
    `'unprotected'=${totals.unprotected};;0;0`,
    `'exempt'=${totals.exempt};;;0`,
    `'exempt with password'=${exemptWithPassword.length};0;;0`,
    `'root without MFA'=${rootMfa === false ? 1 : 0};;0;0;1`,
    `'users'=${totals.users};;;0`,
    notProven(pathsNotProven),
  ].join(' ');
}

/** "U" is a value that is not known (Guidelines, "Performance data"). */
function notProven(paths: number | null): string {
  return `'event paths not proven'=${paths ?? 'U'};0;;0`;
}

/** A "|" would end the text, and a line break would begin Nagios's long output. */
function asNagiosText(text: string): string {
  return oneLine(text).replaceAll('|', '/');
}

/** One line of a Nagios plugin, of a whole organization. */
export function organizationNagios(report: OrganizationReport): string {
  const findings = organizationFindings(report);
  const text = organizationText(findings, report, noteOf(readIn(report).map((one) => one.report)));
  return `MFA ${findings.level.toUpperCase()}: ${text} | ${organizationNumbers(report, findings)}\n`;
}

/** The exit status that goes with it. */
export function organizationNagiosStatus(report: OrganizationReport): 0 | 1 | 2 | 3 {
  return nagiosStatuses[organizationFindings(report).level];
}

function organizationText(
  findings: OrganizationFindings,
  { counts, totals }: OrganizationReport,
  note: string,
): string {
  const { level, unprotected } = findings;
  const of = `${countOf(totals.users, 'user')} in ${countOf(counts.read, 'account')}`;
  if (level === 'ok') return `every user with a password has an MFA device (${of})${note}`;
  const paths = [
    part('account', 'whose IAM events do not arrive', findings.silentPaths, OTHERS_AT_MOST),
    part('account', 'whose last probe did not come back', findings.latePaths, OTHERS_AT_MOST),
    part('event path', 'not probed', findings.notProbedPaths, OTHERS_AT_MOST),
    part('event path', 'not known', findings.unknownPaths, OTHERS_AT_MOST),
  ].filter((part) => part !== '');
  const parts = [
    part('account', 'could not be read', findings.notRead, OTHERS_AT_MOST),
    shorten(paths.join(', '), 2 * OTHERS_AT_MOST),
    part('root user', 'without an MFA device', findings.rootWithoutMfa, OTHERS_AT_MOST),
    unprotected > 0
      ? `${countOf(unprotected, 'user')} unprotected (no MFA device, not blocked)`
      : '',
    part(
      'exempt user',
      'with a password and no MFA device',
      findings.exemptWithPassword,
      OTHERS_AT_MOST,
    ),
    part('user', 'blocked without need', findings.blockedWithoutNeed, OTHERS_AT_MOST),
  ].filter((part) => part !== '');
  const room = NAGIOS_TEXT_AT_MOST - parts.join(', ').length - note.length;
  const all = [
    ...parts,
    part('user', 'with a password and no MFA device', findings.withoutMfa, room),
  ];
  return all.filter((part) => part !== '').join(', ') + note;
}

function organizationNumbers(
  { totals, counts }: OrganizationReport,
  findings: OrganizationFindings,
): string {
  return [
    `'password without MFA'=${findings.withoutMfa.length};;0;0`,
    `'blocked'=${totals.blocked};;;0`,
    `'unprotected'=${totals.unprotected};;0;0`,
    `'exempt'=${totals.exempt};;;0`,
    `'exempt with password'=${findings.exemptWithPassword.length};0;;0`,
    `'root without MFA'=${findings.rootWithoutMfa.length};;0;0`,
    `'users'=${totals.users};;;0`,
    `'accounts'=${counts.read};;;0`,
    `'accounts not read'=${counts.notRead};;;0`,
    notProven(findings.pathsNotProven),
  ].join(' ');
}
