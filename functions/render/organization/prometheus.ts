import type { OrganizationReport } from '../../../events/organization-report.ts';
import { exposition, type Gauge } from '../report/exposition.ts';
import { accountGauges, readAt, success } from '../report/prometheus.ts';
import { oneLine } from '../report/text.ts';
import { readIn } from './parts.ts';

/**
 * Gauges for node_exporter's textfile collector. Of an account that could not be read there is mfa_enforcer_account_read
 * alone, and is 0; mfa_enforcer_report_success is then 0 as well.
 */
export function organizationPrometheus(report: OrganizationReport): string {
  const read = readIn(report);
  return exposition([
    {
      name: 'mfa_enforcer_account_read',
      help: 'Whether the account could be read.',
      samples: report.accounts.map(({ account, name, ou, status }) => ({
        labels: { account, name: oneLine(name), ou: oneLine(ou.join('/')) },
        value: status === 'read' ? 1 : 0,
      })),
    },
    ...accountGauges(read.map((one) => one.report)),
    accountReadAt(read),
    {
      name: 'mfa_enforcer_accounts_not_readable',
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
