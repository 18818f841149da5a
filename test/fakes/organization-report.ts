import {
  type AccountNotRead,
  type AccountRead,
  OrganizationReport,
} from '../../events/organization-report.ts';
import type { Report } from '../../events/report.ts';
import { sumOfTotals } from '../../functions/domain/rules/totals.ts';
import { DECIDED_BY, everyState, reportedUser, reportOf, SETTINGS_FROM } from './report.ts';

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
  reportedUser(name, { state: 'protected', devices: ['GAHT12345678'], reasons: [] });

/** The id of one of many accounts. */
export const accountOf = (index: number) => String(200000000000 + index);

const unprotected = (account: string, count: number) =>
  reportOf(
    Array.from({ length: count }, (_, index) => reportedUser(`user-${index}`)),
    { account },
  );

/** Four accounts: a clean one, one that was not read, one with many users, and one with users in every state. */
export function mixedOrganization(): OrganizationReport {
  return organizationOf(
    [
      accountRead('Management', reportOf([protectedUser('admin')])),
      accountNotRead('Sandbox', '444455556666', { ou: ['Sandboxes'] }),
      accountRead('shop', unprotected(accountOf(1), 25), {
        ou: ['Workloads', 'Dev'],
        mode: 'observe',
      }),
      accountRead(
        'payments',
        { ...everyState, account: accountOf(2) },
        { ou: ['Workloads', 'Prod'], lastSweptAt: '2026-03-01T03:05:00.000Z' },
      ),
    ],
    2,
  );
}
