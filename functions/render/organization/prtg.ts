import type { OrganizationReport } from '../../../events/organization-report.ts';
import { asPrtgText, PRTG_TEXT_AT_MOST, type PrtgReading } from '../report/prtg-channels.ts';
import { countOf, joinWithin } from '../report/text.ts';
import { type OrganizationFindings, organizationFindings } from './findings.ts';

/**
 * An organization as PRTG's channels: those of an account, summed, in the same order, and behind them how many
 * accounts there are. An account that could not be read is an error of its own: PRTG knows no "unknown".
 */
export function organizationPrtg(report: OrganizationReport): PrtgReading {
  const findings = organizationFindings(report);
  const { totals, counts } = report;
  const bad = findings.level === 'critical' || findings.level === 'unknown';
  return {
    level: findings.level === 'unknown' ? 'critical' : findings.level,
    channels: [
      {
        name: 'Number of users without MFA devices registered',
        value: findings.withoutMfa.length,
        maxError: 0,
      },
      { name: 'Users held by ForceMFA', value: totals.held },
      { name: 'Users exposed', value: totals.exposed, maxError: 0 },
      { name: 'Users exempt', value: totals.exempt },
      { name: 'Root without MFA', value: findings.rootWithoutMfa.length, maxError: 0 },
      { name: 'Status (0 = ok, 1 = findings)', value: bad ? 1 : 0, maxError: 0 },
      { name: 'Accounts read', value: counts.read },
      { name: 'Accounts not readable', value: counts.notRead, maxError: 0 },
    ],
    text: textOf(findings),
  };
}

// What stands before the users without MFA leaves them most of the room.
const PART_AT_MOST = 400;

function textOf(findings: OrganizationFindings): string {
  const { notRead, rootWithoutMfa, exposed, withoutMfa, exemptWithPassword } = findings;
  const names = (all: readonly string[], most: number) => joinWithin(all.map(asPrtgText), most);
  const parts = [
    notRead.length > 0
      ? `${countOf(notRead.length, 'account')} not readable: ${names(notRead, PART_AT_MOST)}`
      : '',
    rootWithoutMfa.length > 0 ? `Root without MFA: ${names(rootWithoutMfa, PART_AT_MOST)}` : '',
    withoutMfa.length === 0 && exposed > 0
      ? `${countOf(exposed, 'user')} without MFA and not held`
      : '',
  ].filter((part) => part !== '');
  const before = parts.join('. ');
  if (withoutMfa.length > 0) {
    const front = before === '' ? '' : `${before}. Users without MFA: `;
    return front + names(withoutMfa, PRTG_TEXT_AT_MOST - front.length);
  }
  if (before !== '') return before;
  return exemptWithPassword.length > 0
    ? 'Every user with a password has MFA or is exempt'
    : 'Every user with a password has MFA';
}
