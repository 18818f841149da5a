import type { HistoryLine } from '../../../events/history.ts';
import type { OrganizationReport } from '../../../events/organization-report.ts';
import type { Report } from '../../../events/report.ts';
import { findingsOf, organizationFindings } from './findings.ts';

/** The totals of a report, as `report --history` keeps them. */
export function historyLine(report: Report): HistoryLine {
  const findings = findingsOf(report);
  const rootWithoutMfa = findings.rootWithoutMfa ? 1 : 0;
  return lineOf(report, findings, { of: report.account, rootWithoutMfa, notRead: 0 });
}

/** The same of an organization. */
export function organizationHistoryLine(report: OrganizationReport): HistoryLine {
  const { organization: of, counts } = report;
  const findings = organizationFindings(report);
  const rootWithoutMfa = findings.rootWithoutMfa.length;
  return lineOf(report, findings, { of, rootWithoutMfa, notRead: counts.notRead });
}

function lineOf(
  { at, totals }: Pick<HistoryLine, 'at' | 'totals'>,
  found: { readonly withoutMfa: readonly string[]; readonly exemptWithPassword: readonly string[] },
  rest: Pick<HistoryLine, 'of' | 'rootWithoutMfa' | 'notRead'>,
): HistoryLine {
  return {
    schema: 'mfa-enforcer/history/1',
    at,
    totals,
    withoutMfa: found.withoutMfa.length,
    exemptWithPassword: found.exemptWithPassword.length,
    ...rest,
  };
}
