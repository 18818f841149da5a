import type { OrganizationReport } from '../../../events/organization-report.ts';
import { findingsOf, type Level } from '../report/findings.ts';
import { oneLine } from '../report/text.ts';
import { notReadIn, readIn } from './parts.ts';

/** What a monitor is to say of an organization. Users are named as "dana (payments)". */
export interface OrganizationFindings {
  /** unknown: an account could not be read, and nothing critical is known of the others. */
  readonly level: Level | 'unknown';
  /** Names of the accounts that could not be read. */
  readonly notRead: readonly string[];
  readonly withoutMfa: readonly string[];
  readonly exemptWithPassword: readonly string[];
  readonly heldWithoutNeed: readonly string[];
  readonly exposed: number;
  /** Names of the accounts whose root user has no MFA device. */
  readonly rootWithoutMfa: readonly string[];
}

/**
 * What is wrong in an organization. Something critical that is known counts more than what is not known; what is not
 * known counts more than a warning, since anything may hide behind it.
 */
export function organizationFindings(report: OrganizationReport): OrganizationFindings {
  const each = readIn(report).map((one) => ({
    name: oneLine(one.name),
    ...findingsOf(one.report),
  }));
  const users = (of: 'withoutMfa' | 'exemptWithPassword' | 'heldWithoutNeed') =>
    each.flatMap((one) => one[of].map((user) => `${user} (${one.name})`));
  const notRead = notReadIn(report).map(({ name }) => oneLine(name));
  const known: Level =
    (['critical', 'warning'] as const).find((level) => each.some((one) => one.level === level)) ??
    'ok';
  return {
    level: notRead.length > 0 && known !== 'critical' ? 'unknown' : known,
    notRead,
    withoutMfa: users('withoutMfa'),
    exemptWithPassword: users('exemptWithPassword'),
    heldWithoutNeed: users('heldWithoutNeed'),
    exposed: report.totals.exposed,
    rootWithoutMfa: each.filter((one) => one.rootWithoutMfa).map(({ name }) => name),
  };
}
