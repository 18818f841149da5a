import type { OrganizationReport } from '../../../events/organization-report.ts';
import type { Report, ReportedCredentials, ReportedUser } from '../../../events/report.ts';

type Column = readonly [header: string, cell: (user: ReportedUser, report: Report) => string];

/** An empty cell says that a fact is not known, or that there is none; the first column of a key says which. */
const columns: readonly Column[] = [
  ['name', ({ name }) => name],
  ['arn', ({ arn }) => arn],
  ['state', ({ state }) => state],
  ['reasons', ({ reasons }) => reasons.map(({ text }) => text).join('; ')],
  ['has_password', ({ hasPassword }) => String(hasPassword)],
  ['password_from', ({ passwordFrom }) => passwordFrom],
  ['last_sign_in_at', ({ credentials }) => credentials?.lastSignInAt ?? ''],
  ['password_changed_at', ({ credentials }) => credentials?.passwordChangedAt ?? ''],
  ['devices', ({ devices }) => devices.flatMap(({ serial }) => serial ?? []).join(' ')],
  ['device_kinds', ({ devices }) => devices.map(({ kind }) => kind).join(' ')],
  [
    'devices_enrolled_at',
    ({ devices }) => devices.map(({ enrolledAt }) => enrolledAt ?? 'unknown').join(' '),
  ],
  ['devices_from', ({ devicesFrom }) => devicesFrom],
  ...keyColumns(1),
  ...keyColumns(2),
  ...certificateColumns(1),
  ...certificateColumns(2),
  [
    'service_credentials',
    ({ serviceCredentials }) =>
      (serviceCredentials ?? [])
        .map(({ service, id, status }) => `${service}/${id}/${status}`)
        .join(' '),
  ],
  [
    'ssh_keys',
    ({ sshKeys }) =>
      (sshKeys ?? []).map(({ id, active }) => `${id}/${active ? 'active' : 'inactive'}`).join(' '),
  ],
  ['blocked', ({ blocked }) => String(blocked)],
  ['blocked_since', ({ blockedSince }) => blockedSince ?? ''],
  ['refused_since', ({ refusedSince }) => refusedSince ?? ''],
  ['enrolment_problem', ({ enrolmentProblem }) => enrolmentProblem?.text ?? ''],
  ['exemption', ({ exemption }) => exemption?.reason.text ?? ''],
  ['exemption_in_force', ({ exemption }) => (exemption ? String(exemption.inForce) : '')],
  ['exempt_until', ({ exemption }) => exemption?.until ?? ''],
  ['created_at', ({ createdAt }) => createdAt ?? ''],
  ['account', (_, { account }) => account],
  ['alias', (_, { alias }) => alias ?? ''],
  ['read_at', (_, { at }) => at],
  [
    'credential_report_at',
    (_, { sources: { credentialReport } }) =>
      credentialReport.status === 'read' ? credentialReport.generatedAt : '',
  ],
  ['event_path', (_, { eventPath }) => eventPath?.state ?? ''],
  ['event_path_since', (_, { eventPath }) => eventPath?.since ?? ''],
  ['event_path_latency_ms', (_, { eventPath }) => String(eventPath?.latencyMs ?? '')],
  ['event_path_reason', (_, { eventPath }) => eventPath?.why?.text ?? ''],
];

function keyColumns(number: 1 | 2): Column[] {
  const key = (credentials: ReportedCredentials | null) =>
    credentials?.accessKeys.find((one) => one.number === number);
  return [
    [`access_key_${number}`, ({ credentials }) => statusOf(key(credentials), credentials)],
    [`access_key_${number}_rotated_at`, (user) => key(user.credentials)?.lastRotatedAt ?? ''],
    [`access_key_${number}_used_at`, (user) => key(user.credentials)?.lastUsedAt ?? ''],
    [`access_key_${number}_used_for`, (user) => key(user.credentials)?.lastUsedService ?? ''],
    [`access_key_${number}_used_in`, (user) => key(user.credentials)?.lastUsedRegion ?? ''],
  ];
}

function certificateColumns(number: 1 | 2): Column[] {
  const one = (credentials: ReportedCredentials | null) =>
    credentials?.signingCertificates.find((certificate) => certificate.number === number);
  return [
    [`signing_certificate_${number}`, ({ credentials }) => statusOf(one(credentials), credentials)],
  ];
}

/** active, inactive or none; empty where the credential report does not have the user. */
function statusOf(
  found: { readonly active: boolean } | undefined,
  credentials: ReportedCredentials | null,
): string {
  if (credentials === null) return '';
  if (found === undefined) return 'none';
  return found.active ? 'active' : 'inactive';
}

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
  return FORMULA.test(cell) ? `'${cell}` : cell;
}

/** The beginning of a formula. */
export const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** RFC 4180, 2.6 and 2.7: quotes around separators, quotes and line breaks; a quote is doubled. */
function quoted(cell: string): string {
  return SEPARATOR.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** What a cell must be quoted for. */
export const SEPARATOR = /[",\r\n]/;

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
