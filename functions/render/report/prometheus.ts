import type { SweepTotals } from '../../../events/outcome.ts';
import type { Report, State } from '../../../events/report.ts';
import { exposition, type Gauge } from './exposition.ts';
import { findingsOf } from './findings.ts';
import type { MonitorFormat } from './format.ts';
import { oneLine } from './text.ts';

const totalOf: Readonly<Record<State, keyof SweepTotals>> = {
  protected: 'protected',
  held: 'held',
  exposed: 'exposed',
  exempt: 'exempt',
  'out-of-scope': 'outOfScope',
};

/**
 * Gauges for node_exporter's textfile collector. Where the reading failed, only mfa_enforcer_report_success is left,
 * and is 0: the other series end, and do not keep their last values.
 */
export const prometheus: MonitorFormat = {
  render: (report) => exposition([...accountGauges([report]), success(1), readAt(report.at)]),
  failure: (problem) => `# Not read: ${oneLine(problem)}\n${exposition([success(0)])}`,
};

/** What is known of accounts, each with the label `account`. */
export function accountGauges(reports: readonly Report[]): Gauge[] {
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
      help: 'Whether the root user has an MFA device.',
      samples: reports.flatMap(({ account, rootMfa }) =>
        rootMfa === null ? [] : [{ labels: { account }, value: rootMfa ? 1 : 0 }],
      ),
    },
  ];
}

/** Whether everything that was asked for could be read. */
export function success(value: 0 | 1): Gauge {
  const help = 'Whether everything could be read.';
  return { name: 'mfa_enforcer_report_success', help, samples: [{ value }] };
}

/** @param at ISO date */
export function readAt(at: string): Gauge {
  return {
    name: 'mfa_enforcer_report_timestamp_seconds',
    help: 'When the account was read, in seconds since 1970.',
    samples: [{ value: Date.parse(at) / 1000 }],
  };
}
