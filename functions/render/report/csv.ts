import type { OrganizationReport } from '../../../events/organization-report.ts';
import type { Report, ReportedUser } from '../../../events/report.ts';

const columns: readonly [header: string, cell: (user: ReportedUser, report: Report) => string][] = [
  ['name', ({ name }) => name],
  ['arn', ({ arn }) => arn],
  ['state', ({ state }) => state],
  ['reasons', ({ reasons }) => reasons.map(({ text }) => text).join('; ')],
  ['has_password', ({ hasPassword }) => String(hasPassword)],
  ['devices', ({ devices }) => devices.join(' ')],
  ['blocked', ({ blocked }) => String(blocked)],
  ['created_at', ({ createdAt }) => createdAt ?? ''],
  ['account', (_, { account }) => account],
  ['alias', (_, { alias }) => alias ?? ''],
  ['read_at', (_, { at }) => at],
];

/**
 * A row of headers, then a row for each user (RFC 4180). No cell is a formula to a spreadsheet. Every row is a user: root and
 * the totals are left out.
 */
export function csv(report: Report): string {
  return csvText([userHeaders, ...userCells(report)]);
}

/** What each cell of a user's row is. */
const userHeaders: readonly string[] = columns.map(([header]) => header);

/** A row of unescaped cells for each user. */
function userCells(report: Report): string[][] {
  return report.users.map((user) => columns.map(([, cell]) => cell(user, report)));
}

/** Rows as RFC 4180 has them. No cell is a formula to a spreadsheet. */
function csvText(rows: readonly (readonly string[])[]): string {
  // RFC 4180, 2.1: every row ends with CRLF.
  return rows.map((row) => `${row.map((cell) => quoted(noFormula(cell))).join(',')}\r\n`).join('');
}

/**
 * OWASP, "CSV Injection": a spreadsheet computes a cell that begins with one of these, and user names may. An
 * apostrophe in front makes it text. (OWASP lists the full-width forms and the line feed, too.)
 */
function noFormula(cell: string): string {
  return /^[=+\-@\t\r\n＝＋－＠]/.test(cell) ? `'${cell}` : cell;
}

/** RFC 4180, 2.6 and 2.7: quotes around separators, quotes and line breaks; a quote is doubled. */
function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

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
