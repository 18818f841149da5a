import type { Report, ReportedDevice, ReportedUser } from '../../../events/report.ts';
import { otherCredentials } from '../../domain/rules/other-credentials.ts';
import { cellsOf } from '../cells.ts';
import { isBlockedWithoutNeed } from './findings.ts';
import { day, oneLine } from './text.ts';

/** A column of the table of users. */
interface Column {
  readonly head: string;
  readonly cell: (user: ReportedUser) => string;
  /** How the note says the value where the table is too narrow for the column. */
  readonly folded: (value: string) => string;
}

const NEWER = '?';

/** The columns between a user's state and the note, in the order of the table. The last are folded first. */
export const columns: readonly Column[] = [
  {
    head: 'password',
    cell: password,
    folded: (value) => (value === 'no' ? '' : `password ${value}`),
  },
  { head: 'access keys', cell: accessKeys, folded: keysFolded },
  { head: 'MFA', cell: mfa, folded: (value) => `MFA ${value}` },
  { head: 'since', cell: since, folded: (value) => `since ${value}` },
  {
    head: 'exempt until',
    cell: ({ exemption }) => (exemption?.inForce ? oneLine(exemption.until ?? 'no end') : ''),
    folded: (value) => (value === 'no end' ? '' : `exempt until ${value}`),
  },
];

function keysFolded(value: string): string {
  if (value === 'none') return '';
  return value === NEWER ? 'access keys not known' : `access keys ${value}`;
}

function password({ hasPassword, credentials }: ReportedUser): string {
  if (!hasPassword) return 'no';
  if (credentials === null) return 'yes';
  return credentials.lastSignInAt === null ? 'never used' : `used ${day(credentials.lastSignInAt)}`;
}

/** The keys that can be used, and the last use of any. */
function accessKeys({ credentials }: ReportedUser): string {
  if (credentials === null) return NEWER;
  const keys = credentials.accessKeys;
  const active = keys.filter((key) => key.active);
  if (active.length === 0) return keys.length === 0 ? 'none' : `${keys.length} inactive`;
  const lastUse = active
    .flatMap(({ lastUsedAt }) => lastUsedAt ?? [])
    .toSorted()
    .at(-1);
  return `${active.length} ${lastUse === undefined ? 'never used' : `used ${day(lastUse)}`}`;
}

const kinds: Readonly<Record<ReportedDevice['kind'], string>> = {
  'passkey-or-security-key': 'passkey/key',
  'authenticator-app': 'app',
  'hardware-token': 'hardware',
  unknown: 'other',
  'not-read': 'kind not read',
};

function mfa({ devices }: ReportedUser): string {
  return [...new Set(devices.map(({ kind }) => kinds[kind]))].join(', ');
}

/** Since when a user is blocked, or has the first of the MFA devices. */
function since({ state, blockedSince, devices }: ReportedUser): string {
  if (state === 'blocked') return blockedSince === null ? 'unknown' : day(blockedSince);
  const first = devices.flatMap(({ enrolledAt }) => enrolledAt ?? []).toSorted()[0];
  return first === undefined ? '' : day(first);
}

/** A row of the table. */
interface Row {
  readonly user: ReportedUser;
  readonly name: string;
  readonly cells: readonly string[];
  /** What the other cells do not say, and what differs from other users of the state. */
  readonly note: string;
}

/** The users as rows, and what they have in common. */
export interface Rows {
  readonly heads: readonly string[];
  readonly rows: readonly Row[];
  /** The reason that most users of a state have, by state: their rows do not repeat it. */
  readonly usual: ReadonlyMap<ReportedUser['state'], string>;
}

/**
 * The rows of a table of users.
 * @param room whether the columns with these widths fit; where they do not, the last are folded into the note
 */
export function rowsOf(
  users: readonly ReportedUser[],
  { credentialReport, stateTable }: Report['sources'],
  room: (widths: readonly number[]) => boolean,
): Rows {
  const unread = new Set([
    ...(credentialReport.status === 'read' ? [] : ['access keys']),
    ...(stateTable.status === 'read' || users.some(({ state }) => state === 'protected')
      ? []
      : ['since']),
  ]);
  const shown = columns
    .filter(({ head }) => !unread.has(head))
    .map((column) => ({ ...column, values: users.map((user) => column.cell(user)) }))
    .filter(({ values }) => values.some((value) => value !== ''));
  const widths = shown.map(({ head, values }) => Math.max(...[head, ...values].map(cellsOf)));
  let kept = shown.length;
  while (kept > 0 && !room(widths.slice(0, kept))) kept -= 1;
  const { usual, noteOf } = notesOf(users);
  const rows = users.map((user, index) => ({
    user,
    name: oneLine(user.name),
    cells: shown.slice(0, kept).map(({ values }) => values[index] ?? ''),
    note: [
      ...(isBlockedWithoutNeed(user) ? ['STILL BLOCKED BY FORCEMFA'] : []),
      noteOf(user),
      ...shown.slice(kept).map(({ values, folded }) => {
        const value = values[index] ?? '';
        return value === '' ? '' : folded(value);
      }),
      otherText(user),
    ]
      .filter((part) => part !== '')
      .join(', '),
  }));
  return { heads: shown.slice(0, kept).map(({ head }) => head), rows, usual };
}

/** The reasons that most users of a state have, and what differs from them for a user. */
export function notesOf(users: readonly ReportedUser[]) {
  const reasons = users.map(reasonsOf);
  const usual = usualReasons(users, reasons);
  const noteOf = (user: ReportedUser) => {
    const own = reasonsOf(user);
    const differs = own === usual.get(user.state) ? '' : own;
    const refused = user.refusedSince && `beyond the block limit since ${day(user.refusedSince)}`;
    const enrolment = oneLine(user.enrolmentProblem?.text ?? '');
    return [differs, refused ?? '', enrolment].filter((part) => part !== '').join(', ');
  };
  return { usual, noteOf };
}

// The state and the columns say the same.
const SAID_BY_COLUMNS = new Set(['has-mfa', 'no-mfa', 'not-exempt', 'blocked']);

/** The reasons that no column says. The end of an exemption has a column, or is in the note. */
function reasonsOf({ reasons, exemption }: ReportedUser): string {
  const end = ` until ${exemption?.until ?? ''}`;
  return reasons
    .filter(({ code }) => !SAID_BY_COLUMNS.has(code))
    .map(({ text }) => oneLine(text.endsWith(end) ? text.slice(0, -end.length) : text))
    .join(', ');
}

/** For each state the text that most of its users have, if more than one has it. */
function usualReasons(
  users: readonly ReportedUser[],
  reasons: readonly string[],
): Map<ReportedUser['state'], string> {
  const usual = new Map<ReportedUser['state'], string>();
  for (const state of new Set(users.map((user) => user.state))) {
    const counts = new Map<string, number>();
    users.forEach((user, index) => {
      const text = reasons[index] ?? '';
      if (user.state === state) counts.set(text, (counts.get(text) ?? 0) + 1);
    });
    const [most] = [...counts].toSorted(([, a], [, b]) => b - a);
    if (most !== undefined && most[1] > 1 && most[0] !== '') usual.set(state, most[0]);
  }
  return usual;
}

/** Credentials beside password and access keys: "Amazon Bedrock API key, 2 × SSH key for CodeCommit". */
export function otherText({ serviceCredentials, sshKeys, credentials }: ReportedUser): string {
  const signingCertificates = credentials?.signingCertificates ?? null;
  const counts = new Map<string, number>();
  for (const { name } of otherCredentials({ serviceCredentials, sshKeys, signingCertificates })) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts]
    .map(([name, count]) => oneLine(count === 1 ? name : `${count} × ${name}`))
    .join(', ');
}
