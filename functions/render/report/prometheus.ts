import type { SweepTotals } from '../../../events/outcome.ts';
import type { State } from '../../../events/report.ts';
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
  render(report) {
    const { account } = report;
    const states = Object.entries(totalOf) as [State, keyof SweepTotals][];
    return exposition([
      {
        name: 'mfa_enforcer_users',
        help: 'IAM users by state.',
        samples: states.map(([state, key]) => ({
          labels: { account, state },
          value: report.totals[key],
        })),
      },
      {
        name: 'mfa_enforcer_users_without_mfa',
        help: 'IAM users with a password, no MFA device and no exemption.',
        samples: [{ labels: { account }, value: findingsOf(report).withoutMfa.length }],
      },
      {
        name: 'mfa_enforcer_root_mfa',
        help: 'Whether the root user has an MFA device.',
        samples: [{ labels: { account }, value: report.rootMfa ? 1 : 0 }],
      },
      success(1),
      {
        name: 'mfa_enforcer_report_timestamp_seconds',
        help: 'When the account was read, in seconds since 1970.',
        samples: [{ value: Date.parse(report.at) / 1000 }],
      },
    ]);
  },
  failure: (problem) => `# Not read: ${oneLine(problem)}\n${exposition([success(0)])}`,
};

function success(value: 0 | 1): Gauge {
  const help = 'Whether the whole account could be read.';
  return { name: 'mfa_enforcer_report_success', help, samples: [{ value }] };
}
