import { type Command, Option } from 'commander';
import type { Report } from '../../events/report.ts';
import { accountReport, monitorReport } from '../pipeline/report/account-report.ts';
import { reportHtml } from '../render/html/page.ts';
import { findingsOf } from '../render/report/findings.ts';
import { fileFormats, monitorFormats } from '../render/report/formats.ts';
import { nagiosStatus } from '../render/report/nagios.ts';
import { table } from '../render/report/table.ts';
import { connect } from './account.ts';
import { type AccountOptions, withAccountOptions } from './options.ts';
import { isOfOrganization, withOrganizationOptions } from './organization-options.ts';
import { organizationReport } from './organization-report.ts';
import { writeData } from './output.ts';
import { problemOf } from './problems.ts';
import { readingUsers } from './reading-users.ts';
import { fileMode, type ReportOptions, tableOptions } from './report-options.ts';
import { type Run, type Shell, type Status, statuses, UsageError } from './shell.ts';

const formats = ['table', ...Object.keys(fileFormats), ...Object.keys(monitorFormats), 'html'];

/** Adds `report`. */
export function addReport(program: Command, run: Run, shell: Shell): void {
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
  ).action((options: ReportOptions) => run(() => report(shell, options)));
}

const EXAMPLES = `
Exit status: 0 clean, 1 findings, 2 used wrongly, 3 could not see everything. nagios has its own: 0, 1, 2, 3.

Examples:
  mfa-enforcer report
  mfa-enforcer report --format html --output mfa.html
  mfa-enforcer report --format prometheus --output /var/lib/node_exporter/mfa.prom
  mfa-enforcer report --organization --format html --output organization.html
  AWS_PROFILE=audit mfa-enforcer report --json | jq '.users[] | select(.state == "exposed")'`;

async function report(shell: Shell, options: ReportOptions): Promise<Status> {
  const format = options.json ? 'json' : options.format;
  const monitor = Object.entries(monitorFormats).find(([name]) => name === format)?.[1];
  try {
    if (isOfOrganization(options)) return await organizationReport(shell, format, options);
    const found = await readReport(shell, options, monitor !== undefined);
    await writeData(shell, render(shell, format, found, options), options.output, fileMode(format));
    if (format === 'nagios') return nagiosStatus(found);
    return findingsOf(found).level === 'ok' ? statuses.clean : statuses.findings;
  } catch (error) {
    const { status, text } = problemOf(error);
    // A monitor that could not see says so in its own format: the last good answer must not stay.
    if (monitor === undefined) throw error;
    // A file that cannot be written is told on standard output.
    const file = error instanceof UsageError ? undefined : options.output;
    await writeData(shell, monitor.failure(text), file, fileMode(format));
    shell.err(`${text}\n`);
    // To Nagios 2 is CRITICAL; a plugin that was set up wrongly is UNKNOWN.
    return format === 'nagios' ? statuses.blind : status;
  }
}

async function readReport(
  shell: Shell,
  options: AccountOptions,
  forMonitor: boolean,
): Promise<Report> {
  const { iam, settings } = await connect(shell, options);
  const read = forMonitor ? monitorReport : accountReport;
  return readingUsers(shell, iam, (onUser) => read(iam, settings, shell.now(), onUser));
}

function render(shell: Shell, format: string, found: Report, options: ReportOptions): string {
  const renderers: Readonly<Record<string, (report: Report) => string>> = {
    table: (one) => table(one, tableOptions(shell, options)),
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
