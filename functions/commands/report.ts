import { type Command, Option } from 'commander';
import type { OrganizationReport } from '../../events/organization-report.ts';
import type { Report } from '../../events/report.ts';
import { sumOfTotals } from '../domain/rules/totals.ts';
import {
  type AccountReport,
  accountReport,
  monitorReport,
} from '../pipeline/report/account-report.ts';
import { organizationHtml } from '../render/html/organization-page.ts';
import { type PageContext, reportHtml } from '../render/html/page.ts';
import { findingsOf, organizationFindings } from '../render/report/findings.ts';
import { fileFormats, monitorFormats, organizationFormats } from '../render/report/formats.ts';
import { historyLine, organizationHistoryLine } from '../render/report/history.ts';
import { nagiosStatus, organizationNagiosStatus } from '../render/report/nagios.ts';
import { organizationTable } from '../render/report/organization-table.ts';
import { type TableOptions, table } from '../render/report/table.ts';
import { version } from '../runtime/version.ts';
import { connect } from './connect.ts';
import { describeError } from './errors.ts';
import { recordHistory } from './history-file.ts';
import {
  type AccountOptions,
  isOfOrganization,
  maxAgeOf,
  type OrganizationOptions,
  withAccountOptions,
  withOrganizationOptions,
} from './options.ts';
import { writeData } from './output.ts';
import { readingUsers } from './progress.ts';
import { type OrganizationRead, readingOrganization, sayNotRead } from './read-organization.ts';
import { eventPathsOf, monitorDeps, reportDeps, stateTableOf } from './report-deps.ts';
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
  readonly history?: string;
  readonly maxAge?: string;
}

const FILE_COLUMNS = 140;

/** Width and colour of the table. A file has a fixed width and no colour. */
export function tableOptions(terminal: Terminal, { all, output }: ReportOptions): TableOptions {
  return {
    width: output === undefined ? columnsOf(terminal) : FILE_COLUMNS,
    color: output === undefined && wantsColor(terminal),
    all: all ?? false,
  };
}

/** The mode of a new file. Others may read a Prometheus file, because node_exporter runs as another user. */
export const fileMode = (format: string) => (format === 'prometheus' ? 0o644 : 0o600);

const formats = ['table', ...Object.keys(fileFormats), ...Object.keys(monitorFormats), 'html'];

/** Adds `report`. */
export function addReport(program: Command, run: Run, terminal: Terminal): void {
  withOrganizationOptions(
    withAccountOptions(
      program
        .command('report')
        .description(
          'Show the state of every user: protected, blocked, unprotected, exempt or out of scope',
        )
        .addOption(
          new Option('-f, --format <format>', 'output format').choices(formats).default('table'),
        )
        .addOption(new Option('--json', 'same as --format json').conflicts('format'))
        .option('-o, --output <file>', 'write to a file, which is replaced atomically')
        .option('--all', 'with --format table: also list protected users')
        .option('--history <file>', 'append a line of totals to a file of JSON lines')
        .option(
          '--max-age <time>',
          'take devices and passwords from IAM’s credential report if it is no older than this: 30m, 4h',
        )
        .addHelpText('after', EXAMPLES),
    ),
  ).action((options: ReportOptions) => run(() => report(terminal, options)));
}

const EXAMPLES = `
Exit status: 0 clean, 1 findings, 2 usage error, 3 incomplete: some data could not be read.
--format nagios uses the plugin statuses: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.

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
    const history = options.history
      ? await recordHistory(terminal, options.history, historyLine(found))
      : [];
    await writeData(
      terminal,
      render(terminal, format, found, { ...options, page: { version, history } }),
      options.output,
      fileMode(format),
    );
    if (format === 'nagios') return nagiosStatus(found);
    return findingsOf(found).level === 'ok' ? statuses.clean : statuses.findings;
  } catch (error) {
    const { status, text } = describeError(error);
    // A monitoring format reports the failure, so that the last good answer does not stay.
    if (monitor === undefined) throw error;
    // A file that cannot be written is reported on standard output.
    const file = error instanceof UsageError ? undefined : options.output;
    await writeData(terminal, monitor.failure(text), file, fileMode(format));
    terminal.err(`${text}\n`);
    // In Nagios, status 2 is CRITICAL. A usage error must be UNKNOWN, which is 3.
    return format === 'nagios' ? statuses.blind : status;
  }
}

async function readReport(
  terminal: Terminal,
  options: ReportOptions,
  forMonitor: boolean,
): Promise<Report> {
  const maxAgeMs = maxAgeOf(options);
  const account = await connect(terminal, options);
  const { iam, settings, settingsFrom } = account;
  const table = stateTableOf(terminal, account);
  const found = await readingUsers(terminal, iam, (onUser) =>
    forMonitor
      ? monitorReport(iam, settings, { ...monitorDeps(terminal, maxAgeMs), onUser })
      : accountReport(iam, settings, { ...reportDeps(terminal, maxAgeMs, table), onUser }),
  );
  const pathOf = await eventPathsOf(terminal, table, [settings.account]);
  return { ...found, eventPath: pathOf(settings.account), settingsFrom };
}

/** Options of a rendering: those of the command, and what a page has beside the report. */
interface RenderOptions extends ReportOptions {
  readonly page: PageContext;
}

function render(terminal: Terminal, format: string, found: Report, options: RenderOptions): string {
  const renderers: Readonly<Record<string, (report: Report) => string>> = {
    table: (one) => table(one, tableOptions(terminal, options)),
    html: (one) => reportHtml(one, options.page),
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
 * `report --organization`: all chosen accounts in one report.
 * @throws the error of a failed call to STS or Organizations; an account that cannot be read is part of the report
 */
async function organizationReport(
  terminal: Terminal,
  format: string,
  options: ReportOptions,
): Promise<Status> {
  const maxAgeMs = maxAgeOf(options);
  // A table shows a password beside a state, and a monitor alarms by it.
  const passwords = format === 'table' ? 'states' : 'without-device';
  const listsAllUsers =
    options.all === true || [...Object.keys(fileFormats), 'html'].includes(format);
  // The other formats list no protected users, so that calls and memory grow with the users without an MFA device only.
  const read = await readingOrganization(terminal, options, (hub) => {
    const stateTable = stateTableOf(terminal, hub, options.stateTable);
    return (iam, settings) =>
      listsAllUsers
        ? accountReport(iam, settings, reportDeps(terminal, maxAgeMs, stateTable))
        : monitorReport(iam, settings, monitorDeps(terminal, maxAgeMs), passwords);
  });
  const found = reportOf(read, await pathsIn(terminal, options, read));
  const history = options.history
    ? await recordHistory(terminal, options.history, organizationHistoryLine(found))
    : [];
  await writeData(
    terminal,
    renderOrganization(terminal, format, found, { ...options, page: { version, history } }),
    options.output,
    fileMode(format),
  );
  if (format !== 'table' || options.output !== undefined) sayNotRead(terminal, read);
  if (format === 'nagios') return organizationNagiosStatus(found);
  if (found.counts.notRead > 0) return statuses.blind;
  return organizationFindings(found).level === 'ok' ? statuses.clean : statuses.findings;
}

/** The event paths of the accounts that were read. */
function pathsIn(
  terminal: Terminal,
  options: ReportOptions,
  { hub, accounts }: OrganizationRead<unknown>,
) {
  const table = stateTableOf(terminal, hub, options.stateTable);
  const read = accounts.flatMap((one) => (one.status === 'read' ? [one.place.account] : []));
  return eventPathsOf(terminal, table, read);
}

function reportOf(
  { head, accounts }: OrganizationRead<AccountReport>,
  pathOf: Awaited<ReturnType<typeof pathsIn>>,
): OrganizationReport {
  const all = accounts.map((one) => {
    if (one.status === 'not-read') return one;
    const { place, mode, value } = one;
    const eventPath = pathOf(place.account);
    const report = { ...value, eventPath, settingsFrom: head.settingsFrom };
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
  options: RenderOptions,
): string {
  if (format === 'html') return organizationHtml(found, options.page);
  const renderer = organizationFormats[format];
  return renderer?.(found) ?? organizationTable(found, tableOptions(terminal, options));
}
