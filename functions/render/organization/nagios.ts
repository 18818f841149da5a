import type { OrganizationReport } from '../../../events/organization-report.ts';
import { NAGIOS_TEXT_AT_MOST, nagiosStatuses, named } from '../report/nagios.ts';
import { countOf } from '../report/text.ts';
import { type OrganizationFindings, organizationFindings } from './findings.ts';

// Beside the users without MFA, who come last and have the rest.
const OTHERS_AT_MOST = 120;

/** One line of a Nagios plugin, of a whole organization. */
export function organizationNagios(report: OrganizationReport): string {
  const findings = organizationFindings(report);
  const text = textOf(findings, report);
  return `MFA ${findings.level.toUpperCase()}: ${text} | ${numbers(report, findings)}\n`;
}

/** The exit status that goes with it. */
export function organizationNagiosStatus(report: OrganizationReport): 0 | 1 | 2 | 3 {
  return nagiosStatuses[organizationFindings(report).level];
}

function textOf(findings: OrganizationFindings, { counts, totals }: OrganizationReport): string {
  const { level, exposed } = findings;
  const of = `${countOf(totals.users, 'user')} in ${countOf(counts.read, 'account')}`;
  if (level === 'ok') return `every user with a password has MFA (${of})`;
  const parts = [
    named('account', 'not readable', findings.notRead, OTHERS_AT_MOST),
    named('root user', 'without MFA', findings.rootWithoutMfa, OTHERS_AT_MOST),
    exposed > 0 ? `${countOf(exposed, 'user')} unprotected (no MFA, not held)` : '',
    named('exempt user', 'with a password and no MFA', findings.exemptWithPassword, OTHERS_AT_MOST),
    named('user', 'held without need', findings.heldWithoutNeed, OTHERS_AT_MOST),
  ].filter((part) => part !== '');
  const room = NAGIOS_TEXT_AT_MOST - parts.join(', ').length;
  return [...parts, named('user', 'without MFA', findings.withoutMfa, room)]
    .filter((part) => part !== '')
    .join(', ');
}

function numbers({ totals, counts }: OrganizationReport, findings: OrganizationFindings): string {
  return [
    `'without MFA'=${findings.withoutMfa.length};;0;0`,
    `'held'=${totals.held};;;0`,
    `'exposed'=${totals.exposed};;0;0`,
    `'exempt'=${totals.exempt};;;0`,
    `'exempt with password'=${findings.exemptWithPassword.length};0;;0`,
    `'root without MFA'=${findings.rootWithoutMfa.length};;0;0`,
    `'users'=${totals.users};;;0`,
    `'accounts'=${counts.read};;;0`,
    `'accounts not readable'=${counts.notRead};;;0`,
  ].join(' ');
}
