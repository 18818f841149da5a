import type { OrganizationReport } from '../../events/organization-report.ts';
import type { Report } from '../../events/report.ts';
import { sumOfTotals } from '../domain/totals.ts';
import { accountReport } from '../pipeline/account-report.ts';
import { organizationFindings } from '../render/organization/findings.ts';
import { organizationFormats } from '../render/organization/formats.ts';
import { organizationHtml } from '../render/organization/html/page.ts';
import { organizationNagiosStatus } from '../render/organization/nagios.ts';
import { organizationTable } from '../render/organization/table.ts';
import { isHeldWithoutNeed } from '../render/report/findings.ts';
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
  const read = await readingOrganization(shell, options, async (iam, settings) => {
    const report = await accountReport(iam, settings, shell.now());
    return listsEverybody ? report : withoutTheProtected(report);
  });
  const found = reportOf(read);
  await writeData(shell, render(shell, format, found, options), options.output, fileMode(format));
  if (format !== 'table' || options.output !== undefined) sayNotRead(shell, read);
  if (format === 'nagios') return organizationNagiosStatus(found);
  if (found.counts.notRead > 0) return statuses.blind;
  return organizationFindings(found).level === 'ok' ? statuses.clean : statuses.findings;
}

/** Those of whom nothing is said: without them the memory grows with the users who lack MFA, not with all. */
function withoutTheProtected(report: Report): Report {
  const users = report.users.filter((user) => user.devices.length === 0 || isHeldWithoutNeed(user));
  return { ...report, users };
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
