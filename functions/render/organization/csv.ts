import type { OrganizationReport } from '../../../events/organization-report.ts';
import { csvText, userCells, userHeaders } from '../report/csv.ts';

/**
 * The users of all accounts, a row each, with the columns of one account's file and what the organization says of the
 * account. An account that could not be read has a row without a user, in the state "not-read".
 */
export function organizationCsv({ accounts }: OrganizationReport): string {
  const rows = accounts.flatMap((one) => {
    const place = [one.name, one.ou.join('/')];
    if (one.status === 'read') {
      return userCells(one.report).map((cells) => [...cells, ...place, one.mode]);
    }
    const cells: Readonly<Record<string, string>> = {
      state: one.status,
      reasons: one.problem.text,
      account: one.account,
      read_at: one.at,
    };
    return [[...userHeaders.map((header) => cells[header] ?? ''), ...place, '']];
  });
  return csvText([[...userHeaders, 'account_name', 'ou', 'mode'], ...rows]);
}
