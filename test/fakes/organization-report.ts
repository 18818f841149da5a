import {
  type AccountNotRead,
  type AccountRead,
  OrganizationReport,
} from '../../events/organization-report.ts';
import type { ReportedPath } from '../../events/outcome.ts';
import type { Report } from '../../events/report.ts';
import { sumOfTotals } from '../../functions/domain/rules/totals.ts';
import {
  DECIDED_BY,
  everyState,
  reportedDevice,
  reportedUser,
  reportOf,
  SETTINGS_FROM,
} from './report.ts';

/** An account that was read: its report is of users that other fakes make. */
export function accountRead(
  name: string,
  report: Report,
  change: Partial<AccountRead> = {},
): AccountRead {
  const { account } = report;
  return {
    status: 'read',
    account,
    name,
    ou: [],
    lastSweptAt: null,
    mode: 'enforce',
    report,
    ...change,
  };
}

/** An account that has no role. */
export function accountNotRead(
  name: string,
  account: string,
  change: Partial<AccountNotRead> = {},
): AccountNotRead {
  const text = `the role arn:aws:iam::${account}:role/ForceMFA-read cannot be assumed`;
  return {
    status: 'not-read',
    account,
    name,
    ou: [],
    lastSweptAt: null,
    at: '2026-03-01T12:00:30.000Z',
    problem: { code: 'role-not-assumable', text },
    ...change,
  };
}

/** A report of these accounts, with their totals and counts. */
export function organizationOf(
  accounts: readonly (AccountRead | AccountNotRead)[],
  leftOut = 0,
): OrganizationReport {
  const read = accounts.filter((one) => one.status === 'read');
  return OrganizationReport.parse({
    schema: 'mfa-enforcer/organization-report/1',
    organization: 'o-exampleorg',
    managementAccount: '111122223333',
    at: '2026-03-01T12:00:00.000Z',
    finishedAt: '2026-03-01T12:01:00.000Z',
    decidedBy: DECIDED_BY,
    settingsFrom: SETTINGS_FROM,
    counts: {
      listed: accounts.length + leftOut,
      read: read.length,
      notRead: accounts.length - read.length,
      leftOut,
    },
    totals: sumOfTotals(read.map(({ report }) => report.totals)),
    accounts,
  });
}

export const protectedUser = (name: string) =>
  reportedUser(name, {
    state: 'protected',
    devices: [reportedDevice('GAHT12345678')],
    reasons: [],
  });

/** The id of one of many accounts. */
export const accountOf = (index: number) => String(200000000000 + index);

const unprotected = (account: string, count: number) =>
  reportOf(
    Array.from({ length: count }, (_, index) => reportedUser(`user-${index}`)),
    { account },
  );

/** An event path that is proven, unless the change says otherwise. */
export function pathOf(change: Partial<ReportedPath> = {}): ReportedPath {
  const since = '2026-03-01T03:00:04.000Z';
  return { state: 'proven', since, sweeps: 0, latencyMs: null, why: null, ...change };
}

const eventPaths = {
  proven: pathOf({ latencyMs: 812 }),
  silent: pathOf({ state: 'unproven', since: '2026-02-28T03:00:04.000Z', sweeps: 2 }),
  refused: pathOf({
    state: 'not-probed',
    sweeps: 1,
    why: { code: 'denied', text: 'AccessDenied: iam:TagPolicy' },
  }),
};

/**
 * Four accounts: a clean one, one that was not read, one with many users and a silent event path, and one with users in every
 * state that could not be probed.
 */
export function mixedOrganization(): OrganizationReport {
  return organizationOf(
    [
      accountRead(
        'Management',
        reportOf([protectedUser('admin')], { eventPath: eventPaths.proven }),
      ),
      accountNotRead('Sandbox', '444455556666', { ou: ['Sandboxes'] }),
      accountRead(
        'shop',
        { ...unprotected(accountOf(1), 25), eventPath: eventPaths.silent },
        {
          ou: ['Workloads', 'Dev'],
          mode: 'observe',
        },
      ),
      accountRead(
        'payments',
        { ...everyState, account: accountOf(2), eventPath: eventPaths.refused },
        { ou: ['Workloads', 'Prod'], lastSweptAt: '2026-03-01T03:05:00.000Z' },
      ),
    ],
    2,
  );
}
