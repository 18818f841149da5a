import type { ReportedCredentials, ReportedKey } from '../../../events/report.ts';
import type { Settings } from '../rules/settings.ts';
import type { UserFacts } from '../rules/user-facts.ts';

/** A credential report as a sweep uses it. */
export interface SweepReport {
  readonly rows: ReadonlyMap<string, CredentialRow>;
  /** IAM made it since the sweep began, so a row is as good as a live reading. */
  readonly isFresh: boolean;
}

/**
 * @param report the report and when IAM made it, which IAM says in whole seconds
 * @param startedAt when the sweep began, ISO 8601
 * @throws Error for a text that is not such a report
 */
export function sweepReport(
  { csv, generatedAt }: { readonly csv: string; readonly generatedAt: Date },
  startedAt: string,
): SweepReport {
  const isFresh = secondsOf(generatedAt.getTime()) >= secondsOf(Date.parse(startedAt));
  return { rows: credentialRows(csv), isFresh };
}

/**
 * Adds what a fresh report says of a user. An older one adds nothing: a row of it is up to four hours old.
 * @param known the bulk reading, whose virtual devices are younger than the report
 */
export function withRow(known: UserFacts, { rows, isFresh }: SweepReport): UserFacts {
  const row = isFresh ? rowOf(rows, known) : null;
  if (row === null) return known;
  return {
    ...known,
    ...(row.mfa === null ? {} : { mfaActive: row.mfa }),
    ...(row.password === null ? {} : { password: row.password }),
  };
}

/**
 * Whether a blocked user may have to be unblocked, because the event was lost: a hint to read the user. An old hint costs one
 * call, or delays the unblock until the next sweep.
 * @returns true without a row of this user, or where a cell says neither true nor false
 */
export function mayBeUnblocked(
  known: UserFacts,
  { rows }: SweepReport,
  { scope, exemptPassword }: Settings,
): boolean {
  const row = rowOf(rows, known);
  const passwordMatters = scope === 'console-users' || exemptPassword === 'ends-exemption';
  return row?.mfa !== false || (passwordMatters && row.password !== true);
}

const DORMANT_AFTER_MS = 90 * 24 * 60 * 60 * 1000;
// The columns with the time of a use. N/A and no_information mean that there was none (IAM User Guide).
const USES = ['password_last_used', 'access_key_1_last_used_date', 'access_key_2_last_used_date'];
const NEVER = ['N/A', 'no_information'];
const CREDENTIALS = ['password_enabled', 'access_key_1_active', 'access_key_2_active'];

/** A user without an MFA device who is dormant. */
interface DormantUser {
  readonly user: string;
  /** Seconds since 1970. */
  readonly createdAt: number;
}

/**
 * The users without an MFA device who have a password or an active access key, of which the report knows no use in the 90 days
 * before it. It knows no use of a key that was deleted since.
 * @param csv the report, as credentialRows takes it
 * @param generatedAt when IAM made it
 * @returns the users, without those whose cells are no times, because nothing follows from them
 * @throws Error for a text that is not such a report
 */
export function dormantUsers(csv: string, generatedAt: Date): DormantUser[] {
  const isOld = (time: string | null) =>
    generatedAt.getTime() - Date.parse(String(time)) >= DORMANT_AFTER_MS;
  const dormant: DormantUser[] = [];
  for (const { user, cell } of linesOf(csv)) {
    const mayEnrol =
      booleanIn(cell('mfa_active')) === false && CREDENTIALS.some((column) => isTrue(cell(column)));
    const isUnused = USES.every(
      (column) => NEVER.includes(String(cell(column))) || isOld(timeIn(cell(column))),
    );
    const createdAt = timeIn(cell('user_creation_time'));
    if (mayEnrol && isUnused && isOld(createdAt)) {
      dormant.push({ user, createdAt: Math.floor(Date.parse(String(createdAt)) / 1000) });
    }
  }
  return dormant;
}

/** What the credential report says of a user's MFA devices and password, at the time it was made. */
export interface CredentialRow {
  /** Tells a user from an earlier one of the same name. ISO 8601. */
  readonly createdAt: string;
  /** Whether the user has an MFA device of any kind; null where the cell says neither. */
  readonly mfa: boolean | null;
  /** Whether the user has a console password; null where the cell says neither, as for root. */
  readonly password: boolean | null;
}

/**
 * The row of each user.
 * @param csv the report: a header, then a line a user, root among them as "<root_account>"
 * @returns user name → row; a row without a time of creation is left out: its cells are not where they should be
 * @throws Error for a text that is not such a report
 */
export function credentialRows(csv: string): ReadonlyMap<string, CredentialRow> {
  const rows = new Map<string, CredentialRow>();
  for (const { user, cell } of linesOf(csv)) {
    const row = rowIn(cell);
    if (row !== null) rows.set(user, row);
  }
  return rows;
}

/**
 * A user's row. An older report may be about an earlier user of the same name, so the time of creation must be the same to the
 * second, which is as exact as the report is.
 * @param rows user name → row
 * @returns null where the report has no row of this user, or where the time of creation was not read
 */
export function rowOf<Row extends CredentialRow>(
  rows: ReadonlyMap<string, Row>,
  { user, profile }: UserFacts,
): Row | null {
  const row = rows.get(user);
  return row !== undefined &&
    secondsOf(Date.parse(row.createdAt)) === secondsOf(Number(profile?.createdAt))
    ? row
    : null;
}

/**
 * Which rows a report takes facts from instead of live readings. all: every row, because `--max-age` allows it. settled: those of users
 * whose state is known without. none: the rows are older than `--max-age`.
 */
export type RowUse = 'all' | 'settled' | 'none';

/**
 * @param generatedAt when IAM made the credential report, ISO 8601; null where it could not be read
 * @param maxAgeMs how old devices and passwords may be; null where nothing was asked for
 */
export function rowUse(generatedAt: string | null, maxAgeMs: number | null, now: Date): RowUse {
  if (maxAgeMs === null) return 'settled';
  return now.getTime() - Date.parse(String(generatedAt)) <= maxAgeMs ? 'all' : 'none';
}

/** What a report takes from a user's row. An absent fact must be read live. */
export interface RowFacts {
  readonly hasDevice?: boolean;
  readonly password?: boolean;
}

/**
 * The facts that a report takes from a user's row.
 * @param row null where the credential report has none of this user
 * @param use which rows may be used
 * @param known whether the devices are known already, and whether what is known settles the user's state
 */
export function factsOfRow(
  row: CredentialRow | null,
  use: RowUse,
  known: { readonly areDevicesRead: boolean; readonly isSettled: boolean },
): RowFacts {
  if (row === null || use === 'none' || (use === 'settled' && !known.isSettled)) return {};
  const { mfa, password } = row;
  // An exempt user with a password or a device has a state or a finding that hangs on the device.
  const hasNeither = mfa === false && password === false;
  if (use === 'settled' && !known.areDevicesRead && !hasNeither) return {};
  return {
    ...(known.areDevicesRead || mfa === null ? {} : { hasDevice: mfa }),
    ...(password === null ? {} : { password }),
  };
}

/** IAM's report has times in whole seconds. */
function secondsOf(ms: number): number {
  return Math.floor(ms / 1000);
}

/** What the credential report says of one user, with access keys and certificates. */
export interface CredentialLine extends CredentialRow {
  readonly credentials: ReportedCredentials;
}

/**
 * The row of each user with access keys, certificates and the last sign-in, for a report to people.
 * @param csv the report, as credentialRows takes it
 * @returns user name → line, as credentialRows
 * @throws Error for a text that is not such a report
 */
export function credentialLines(csv: string): ReadonlyMap<string, CredentialLine> {
  const lines = new Map<string, CredentialLine>();
  for (const { user, cell } of linesOf(csv)) {
    const row = rowIn(cell);
    if (row === null) continue;
    const credentials = {
      lastSignInAt: timeIn(cell('password_last_used')),
      passwordChangedAt: timeIn(cell('password_last_changed')),
      accessKeys: NUMBERS.flatMap((number) => accessKey(number, cell)),
      signingCertificates: NUMBERS.flatMap((number) =>
        existing(`cert_${number}`, cell).map((one) => ({ number, ...one })),
      ),
    };
    lines.set(user, { ...row, credentials });
  }
  return lines;
}

function rowIn(cell: Cell): CredentialRow | null {
  const createdAt = timeIn(cell('user_creation_time'));
  return createdAt === null
    ? null
    : {
        createdAt,
        mfa: booleanIn(cell('mfa_active')),
        password: booleanIn(cell('password_enabled')),
      };
}

// A user has two access keys and two certificates at most (IAM quotas).
const NUMBERS = [1, 2] as const;

type Cell = (column: string) => string | undefined;

function accessKey(number: 1 | 2, cell: Cell): ReportedKey[] {
  const prefix = `access_key_${number}`;
  return existing(prefix, cell).map((one) => ({
    number,
    ...one,
    lastUsedAt: timeIn(cell(`${prefix}_last_used_date`)),
    lastUsedService: textIn(cell(`${prefix}_last_used_service`)),
    lastUsedRegion: textIn(cell(`${prefix}_last_used_region`)),
  }));
}

/** A key or certificate; none where the report has neither a status "active" nor a time for it. */
function existing(prefix: string, cell: Cell) {
  const active = isTrue(cell(`${prefix}_active`));
  const lastRotatedAt = timeIn(cell(`${prefix}_last_rotated`));
  return active || lastRotatedAt !== null ? [{ active, lastRotatedAt }] : [];
}

interface Line {
  readonly user: string;
  /** The text of a column; undefined where the report has no such column or the line is cut short. */
  readonly cell: Cell;
}

/** The lines of a credential report (IAM User Guide, "Understanding the report format"). */
function* linesOf(csv: string): Generator<Line> {
  // One at a time: the report of a large account is some megabytes.
  const lines = csv.matchAll(/[^\r\n]+/g);
  const columns = lines.next().value?.[0].split(',');
  if (
    columns?.[0] !== 'user' ||
    !columns.includes('password_enabled') ||
    !columns.includes('mfa_active')
  ) {
    throw new Error('the credential report has other columns than IAM documents');
  }
  for (const [line] of lines) {
    const cells = line.split(',');
    // No name contains a colon.
    const arn = cells.findIndex((cell) => cell.includes('arn:'));
    if (arn < 1) continue;
    // Only a user's name and path may contain commas, so the other columns are counted from the end.
    const cell = (column: string) =>
      columns.includes(column) ? cells.at(columns.indexOf(column) - columns.length) : undefined;
    yield { user: cells.slice(0, arn).join(',').replaceAll('"', ''), cell };
  }
}

function isTrue(cell: string | undefined): boolean {
  return booleanIn(cell) === true;
}

function booleanIn(cell: string | undefined): boolean | null {
  const text = cell?.toLowerCase();
  return text === 'true' ? true : text === 'false' ? false : null;
}

/** A time, or null for N/A, no_information and whatever else is none. */
function timeIn(cell: string | undefined): string | null {
  const at = Date.parse(String(cell));
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}

/** A text, or null where the report says that there is none. */
function textIn(cell: string | undefined): string | null {
  return cell && !['N/A', 'no_information', 'not_supported'].includes(cell) ? cell : null;
}
