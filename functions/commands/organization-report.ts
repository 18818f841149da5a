import type { OrganizationReport } from '../../events/organization-report.ts';
import type { Report } from '../../events/report.ts';
import { sumOfTotals } from '../domain/rules/totals.ts';
import { accountReport, monitorReport } from '../pipeline/report/account-report.ts';
import { organizationHtml } from '../render/html/organization-page.ts';
import { organizationFindings } from '../render/report/findings.ts';
import { organizationFormats } from '../render/report/formats.ts';
import { organizationNagiosStatus } from '../render/report/nagios.ts';
import { organizationTable } from '../render/report/organization-table.ts';
import { readingOrganization, sayNotRead } from './organization.ts';
import { writeData } from './output.ts';
import { fileMode, type ReportOptions, tableOptions } from './report-options.ts';
import { type Shell, type Status, statuses } from './shell.ts';

/**
 * `report --organization`: all accounts in one report.
 * @throws whatever a failed call to STS or Organizations throws; an account that fails is part of the report
 */
export async function organizationReport(
  shell: Shell,
  format: string,
  options: ReportOptions,
): Promise<Status> {
  const listsEverybody = options.all === true || ['json', 'csv', 'html'].includes(format);
  // Without those of whom nothing is said, calls and memory grow with the users who lack MFA, not with all.
  const readAccount = listsEverybody ? accountReport : monitorReport;
  const read = await readingOrganization(shell, options, (iam, settings) =>
    readAccount(iam, settings, shell.now()),
  );
  const found = reportOf(read);
  await writeData(shell, render(shell, format, found, options), options.output, fileMode(format));
  if (format !== 'table' || options.output !== undefined) sayNotRead(shell, read);
  if (format === 'nagios') return organizationNagiosStatus(found);
  if (found.counts.notRead > 0) return statuses.blind;
  return organizationFindings(found).level === 'ok' ? statuses.clean : statuses.findings;
}

function reportOf({
  head,
  accounts,
}: Awaited<ReturnType<typeof readingOrganization<Report>>>): OrganizationReport {
  const all = accounts.map((one) => {
    if (one.status === 'not-read') return one;
    const { place, mode, value: report } = one;
    return { status: 'read' as const, ...place, mode, report };
  });
  const read = all.filter((one) => one.status === 'read');
  return {
    schema: 'mfa-enforcer/organization-report/1',
    ...head,
    totals: sumOfTotals(read.map(({ report }) => report.totals)),
    accounts: all,
  };
}

function render(
  shell: Shell,
  format: string,
  found: OrganizationReport,
  options: ReportOptions,
): string {
  if (format === 'html') return organizationHtml(found);
  const renderer = organizationFormats[format];
  return renderer?.(found) ?? organizationTable(found, tableOptions(shell, options));
}
