import type { OrganizationReport } from '../../../events/organization-report.ts';
import type { SweepTotals } from '../../../events/outcome.ts';
import type { Report, State } from '../../../events/report.ts';
import { findingsOf, readIn } from './findings.ts';
import type { MonitorFormat } from './format.ts';
import { factsAgeSeconds } from './source-lines.ts';
import { oneLine } from './text.ts';

const totalOf: Readonly<Record<State, keyof SweepTotals>> = {
  protected: 'protected',
  blocked: 'blocked',
  unprotected: 'unprotected',
  exempt: 'exempt',
  'out-of-scope': 'outOfScope',
};

/**
 * Gauges for node_exporter's textfile collector. Where the reading failed, only mfa_enforcer_report_success is left,
 * and is 0: the other series end, and do not keep their last values.
 */
export const prometheus: MonitorFormat = {
  render: (report) =>
    exposition([
      ...accountGauges([report]),
      ...eventPathGauges([report]),
      success(1),
      readAt(report.at),
    ]),
  failure: (problem) => `# The report failed: ${oneLine(problem)}\n${exposition([success(0)])}`,
};

/** What is known of accounts, each with the label `account`. */
function accountGauges(reports: readonly Report[]): Gauge[] {
  const states = Object.entries(totalOf) as [State, keyof SweepTotals][];
  return [
    {
      name: 'mfa_enforcer_users',
      help: 'IAM users by state.',
      samples: reports.flatMap(({ account, totals }) =>
        states.map(([state, key]) => ({ labels: { account, state }, value: totals[key] })),
      ),
    },
    {
      name: 'mfa_enforcer_users_without_mfa',
      help: 'IAM users with a password, no MFA device and no exemption.',
      samples: reports.map((report) => ({
        labels: { account: report.account },
        value: findingsOf(report).withoutMfa.length,
      })),
    },
    {
      name: 'mfa_enforcer_root_mfa',
      help: '1 if the root user has an MFA device, 0 if not.',
      samples: reports.flatMap(({ account, rootMfa }) =>
        rootMfa === null ? [] : [{ labels: { account }, value: rootMfa ? 1 : 0 }],
      ),
    },
    {
      name: 'mfa_enforcer_facts_age_seconds',
      help: 'Age of the oldest MFA device or password fact when the account was read; 0 if all were read live.',
      samples: reports.map((report) => ({
        labels: { account: report.account },
        value: factsAgeSeconds(report),
      })),
    },
  ];
}

/** The event paths of the accounts whose report has them: not known is no sample. */
function eventPathGauges(reports: readonly Report[]): Gauge[] {
  const known = reports.flatMap(({ account, eventPath }) =>
    eventPath === undefined || !['proven', 'unproven'].includes(eventPath.state)
      ? []
      : [{ labels: { account }, ...eventPath }],
  );
  if (known.length === 0) return [];
  return [
    {
      name: 'mfa_enforcer_event_path_proven',
      help: '1 if the last probe of the event path came back, 0 if it did not.',
      samples: known.map(({ labels, state }) => ({ labels, value: state === 'proven' ? 1 : 0 })),
    },
    {
      name: 'mfa_enforcer_event_path_latency_seconds',
      help: 'From the IAM call of the last probe until its event arrived.',
      samples: known.flatMap(({ labels, latencyMs }) =>
        latencyMs === null ? [] : [{ labels, value: latencyMs / 1000 }],
      ),
    },
  ];
}

/** Whether everything that was asked for could be read. */
function success(value: 0 | 1): Gauge {
  const help = '1 if everything could be read, 0 if not.';
  return { name: 'mfa_enforcer_report_success', help, samples: [{ value }] };
}

/** @param at ISO date */
function readAt(at: string): Gauge {
  return {
    name: 'mfa_enforcer_report_timestamp_seconds',
    help: 'When the reading began, in seconds since 1970.',
    samples: [{ value: Date.parse(at) / 1000 }],
  };
}

/**
 * Gauges for node_exporter's textfile collector. Of an account that could not be read there is mfa_enforcer_account_read
 * alone, and is 0; mfa_enforcer_report_success is then 0 as well.
 */
export function organizationPrometheus(report: OrganizationReport): string {
  const read = readIn(report);
  return exposition([
    {
      name: 'mfa_enforcer_account_read',
      help: '1 if the account could be read, 0 if not.',
      samples: report.accounts.map(({ account, name, ou, status }) => ({
        labels: { account, name: oneLine(name), ou: oneLine(ou.join('/')) },
        value: status === 'read' ? 1 : 0,
      })),
    },
    ...accountGauges(read.map((one) => one.report)),
    ...eventPathGauges(read.map((one) => one.report)),
    accountReadAt(read),
    {
      name: 'mfa_enforcer_accounts_not_read',
      help: 'Accounts that could not be read.',
      samples: [{ value: report.counts.notRead }],
    },
    success(report.counts.notRead === 0 ? 1 : 0),
    readAt(report.at),
  ]);
}

function accountReadAt(read: ReturnType<typeof readIn>): Gauge {
  return {
    name: 'mfa_enforcer_account_timestamp_seconds',
    help: 'When the account was read, in seconds since 1970.',
    samples: read.map(({ account, report }) => ({
      labels: { account },
      value: Date.parse(report.at) / 1000,
    })),
  };
}

/** A Prometheus gauge with all its samples. */
export interface Gauge {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * Gauges in Prometheus's text format, version 0.0.4 (prometheus.io, "Exposition formats"): of each metric its HELP,
 * its TYPE, then all its samples.
 */
export function exposition(gauges: readonly Gauge[]): string {
  return gauges
    .flatMap(({ name, help, samples }) => [
      `# HELP ${name} ${escapeHelp(help)}`,
      `# TYPE ${name} gauge`,
      ...samples.map(({ labels, value }) => `${name}${labelSet(labels ?? {})} ${value}`),
    ])
    .map((line) => `${line}\n`)
    .join('');
}

function labelSet(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeLabel(value: string): string {
  return escapeHelp(value).replaceAll('"', '\\"');
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
