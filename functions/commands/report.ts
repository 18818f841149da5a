import { type Command, Option } from 'commander';
import type { OrganizationReport } from '../../events/organization-report.ts';
import type { Report } from '../../events/report.ts';
import { sumOfTotals } from '../domain/rules/totals.ts';
import { accountReport, monitorReport } from '../pipeline/report/account-report.ts';
import { organizationHtml } from '../render/html/organization-page.ts';
import { reportHtml } from '../render/html/page.ts';
import { findingsOf, organizationFindings } from '../render/report/findings.ts';
import { fileFormats, monitorFormats, organizationFormats } from '../render/report/formats.ts';
import { nagiosStatus, organizationNagiosStatus } from '../render/report/nagios.ts';
import { organizationTable } from '../render/report/organization-table.ts';
import { type TableOptions, table } from '../render/report/table.ts';
import { connect } from './connect.ts';
import { describeError } from './errors.ts';
import { type AccountOptions, withAccountOptions } from './options.ts';
import { readingOrganization, sayNotRead } from './organization.ts';
import {
  isOfOrganization,
  type OrganizationOptions,
  withOrganizationOptions,
} from './organization-options.ts';
import { writeData } from './output.ts';
import { readingUsers } from './progress.ts';
import {
  columnsOf,
  type Run,
  type Status,
  statuses,
  type Terminal,
  UsageError,
  wantsColor,
} from './terminal.ts';

/** Options of `report`. */
export interface ReportOptions extends AccountOptions, OrganizationOptions {
  readonly format: string;
  readonly json?: boolean;
  readonly output?: string;
  readonly all?: boolean;
}

const FILE_COLUMNS = 140;

/** How a table is drawn: a file is for no terminal. */
export function tableOptions(terminal: Terminal, { all, output }: ReportOptions): TableOptions {
  return {
    width: output === undefined ? columnsOf(terminal) : FILE_COLUMNS,
    color: output === undefined && wantsColor(terminal),
    all: all ?? false,
  };
}

/** Who may read the file: node_exporter runs as another user; what else is written is nobody else's business. */
export const fileMode = (format: string) => (format === 'prometheus' ? 0o644 : 0o600);

const formats = ['table', ...Object.keys(fileFormats), ...Object.keys(monitorFormats), 'html'];

/** Adds `report`. */
export function addReport(program: Command, run: Run, terminal: Terminal): void {
  withOrganizationOptions(
    withAccountOptions(
      program
        .command('report')
        .description('the state of every user: who has MFA, who is blocked, who is unprotected')
        .addOption(new Option('-f, --format <format>', 'how').choices(formats).default('table'))
        .addOption(new Option('--json', 'short for --format json').conflicts('format'))
        .option('-o, --output <file>', 'write to a file, replacing it at once')
        .option('--all', 'with --format table: list the users who have MFA, too')
        .addHelpText('after', EXAMPLES),
    ),
  ).action((options: ReportOptions) => run(() => report(terminal, options)));
}

const EXAMPLES = `
Exit status: 0 clean, 1 findings, 2 used wrongly, 3 could not see everything. nagios has its own: 0, 1, 2, 3.

Examples:
  mfa-enforcer report
  mfa-enforcer report --format html --output mfa.html
  mfa-enforcer report --format prometheus --output /var/lib/node_exporter/mfa.prom
  mfa-enforcer report --organization --format html --output organization.html
  AWS_PROFILE=audit mfa-enforcer report --json | jq '.users[] | select(.state == "unprotected")'`;

async function report(terminal: Terminal, options: ReportOptions): Promise<Status> {
  const format = options.json ? 'json' : options.format;
  const monitor = Object.entries(monitorFormats).find(([name]) => name === format)?.[1];
  try {
    if (isOfOrganization(options)) return await organizationReport(terminal, format, options);
    const found = await readReport(terminal, options, monitor !== undefined);
    await writeData(
      terminal,
      render(terminal, format, found, options),
      options.output,
      fileMode(format),
    );
    if (format === 'nagios') return nagiosStatus(found);
    return findingsOf(found).level === 'ok' ? statuses.clean : statuses.findings;
  } catch (error) {
    const { status, text } = describeError(error);
    // A monitor that could not see says so in its own format: the last good answer must not stay.
    if (monitor === undefined) throw error;
    // A file that cannot be written is told on standard output.
    const file = error instanceof UsageError ? undefined : options.output;
    await writeData(terminal, monitor.failure(text), file, fileMode(format));
    terminal.err(`${text}\n`);
    // To Nagios 2 is CRITICAL; a plugin that was set up wrongly is UNKNOWN.
    return format === 'nagios' ? statuses.blind : status;
  }
}

async function readReport(
  terminal: Terminal,
  options: AccountOptions,
  forMonitor: boolean,
): Promise<Report> {
  const { iam, settings } = await connect(terminal, options);
  const read = forMonitor ? monitorReport : accountReport;
  return readingUsers(terminal, iam, (onUser) => read(iam, settings, terminal.now(), onUser));
}

function render(terminal: Terminal, format: string, found: Report, options: ReportOptions): string {
  const renderers: Readonly<Record<string, (report: Report) => string>> = {
    table: (one) => table(one, tableOptions(terminal, options)),
    html: reportHtml,
    ...Object.fromEntries(
      Object.entries({ ...fileFormats, ...monitorFormats }).map(([name, one]) => [
        name,
        one.render,
      ]),
    ),
  };
  return renderers[format]?.(found) ?? '';
}

/**
 * `report --organization`: all accounts in one report.
 * @throws whatever a failed call to STS or Organizations throws; an account that fails is part of the report
 */
async function organizationReport(
  terminal: Terminal,
  format: string,
  options: ReportOptions,
): Promise<Status> {
  const listsEverybody = options.all === true || ['json', 'csv', 'html'].includes(format);
  // Without those of whom nothing is said, calls and memory grow with the users who lack MFA, not with all.
  const readAccount = listsEverybody ? accountReport : monitorReport;
  const read = await readingOrganization(terminal, options, (iam, settings) =>
    readAccount(iam, settings, terminal.now()),
  );
  const found = reportOf(read);
  await writeData(
    terminal,
    renderOrganization(terminal, format, found, options),
    options.output,
    fileMode(format),
  );
  if (format !== 'table' || options.output !== undefined) sayNotRead(terminal, read);
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

function renderOrganization(
  terminal: Terminal,
  format: string,
  found: OrganizationReport,
  options: ReportOptions,
): string {
  if (format === 'html') return organizationHtml(found);
  const renderer = organizationFormats[format];
  return renderer?.(found) ?? organizationTable(found, tableOptions(terminal, options));
}
