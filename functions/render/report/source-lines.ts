import type { AccountRead } from '../../../events/organization-report.ts';
import type { Report, Sources } from '../../../events/report.ts';
import { eventPathLevel, pathLines } from './event-path.ts';
import { accountText, count, countOf, joinWithin, minute, oneLine } from './text.ts';

/** Where the facts of the table come from and how old they are, and which could not be read; for people. */
export function sourceLines(report: Report): string[] {
  const { sources, at, users } = report;
  const { credentialReport } = sources;
  const isNewer = users.some(({ credentials }) => credentials === null);
  const read = credentialReport.status === 'read' ? credentialReport : null;
  return [
    ...(read !== null && users.length > 0
      ? [
          `${ofReports([sources], SHOWN_OF_ALL)}: IAM’s credential report, ${ageText(read.generatedAt, at)}` +
            `${isNewer ? '; ? is a user newer than that' : ''}.`,
        ]
      : []),
    ...(users.length > 0 ? [readLive([sources])] : []),
    ...pathLines(report),
    ...unreadLines(report),
  ];
}

/** Characters of the names of accounts in which something could not be read. */
const MOST_NAMED = 300;

/** The same of all users of an organization. A line about some accounts names them. */
export function organizationSourceLines(accounts: readonly AccountRead[]): string[] {
  return [
    ...summedLines(
      accounts.map(({ report }) => report),
      SHOWN_OF_ALL,
      '; ? is a user newer than that, or a fact that could not be read',
    ),
    // Of the event paths only those that are findings.
    ...byAccount(accounts, (report) => [
      ...(eventPathLevel(report) === 'ok' ? [] : pathLines(report)),
      ...unreadLines(report),
    ]),
  ];
}

/** The same for a table of the users who need attention: it shows states, and passwords. */
export function stateSourceLines(accounts: readonly AccountRead[]): string[] {
  return [
    ...summedLines(
      accounts.map(({ report }) => report),
      [],
      '',
    ),
    ...byAccount(accounts, maxAgeLines),
  ];
}

/** What else of a credential report is shown. */
const SHOWN_OF_ALL = ['sign-ins', 'keys'];

function summedLines(reports: readonly Report[], shown: readonly string[], end: string): string[] {
  const all = reports.filter(({ totals }) => totals.users > 0).map(({ sources }) => sources);
  if (all.length === 0) return [];
  const [oldest] = all
    .flatMap(({ credentialReport: one }) => (one.status === 'read' ? [one.generatedAt] : []))
    .toSorted();
  const facts = ofReports(all, shown);
  return [
    ...(oldest === undefined || facts === ''
      ? []
      : [`${facts}: the accounts’ credential reports, the oldest of ${minute(oldest)}${end}.`]),
    readLive(all),
  ];
}

/** Lines about accounts, each once, with the accounts that it is about. */
function byAccount(
  accounts: readonly AccountRead[],
  linesOf: (report: Report) => readonly string[],
): string[] {
  const names = new Map<string, string[]>();
  for (const account of accounts) {
    for (const line of linesOf(account.report)) {
      names.set(line, [...(names.get(line) ?? []), accountText(account)]);
    }
  }
  return [...names].map(([line, of]) => `${line} In ${joinWithin(of, MOST_NAMED)}.`);
}

/** What comes from credential reports: "Sign-ins, keys, 2 of 6 passwords and the MFA devices of 1 user". */
function ofReports(all: readonly Sources[], shown: readonly string[]): string {
  const { devices, passwords } = sumsOf(all);
  const text = listed([
    ...shown,
    part(passwords.credentialReport, passwords, 'passwords'),
    devices.credentialReport === 0
      ? ''
      : `the MFA devices of ${countOf(devices.credentialReport, 'user')}`,
  ]);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What was read live: "Read live: MFA devices and 4 of 6 passwords." */
function readLive(all: readonly Sources[]): string {
  const { devices, passwords, virtualDevices } = sumsOf(all);
  const isAny = devices.live + virtualDevices > 0;
  const live = listed([
    devices.credentialReport === 0 ? 'MFA devices' : isAny ? 'all other MFA devices' : '',
    part(passwords.live, passwords, 'passwords'),
  ]);
  if (live === '') return 'No MFA device and no password was read live.';
  const apps =
    virtualDevices === 0
      ? ''
      : ' Other devices of users with an authenticator app were not asked for.';
  return `Read live: ${live}.${apps}`;
}

interface Sum {
  readonly live: number;
  readonly credentialReport: number;
}

function sumsOf(all: readonly Sources[]) {
  const sum = (of: (sources: Sources) => number) => all.reduce((total, one) => total + of(one), 0);
  return {
    devices: {
      live: sum(({ devices }) => devices.live),
      credentialReport: sum(({ devices }) => devices.credentialReport),
    },
    virtualDevices: sum(({ devices }) => devices.virtualDevices),
    passwords: {
      live: sum(({ passwords }) => passwords.live),
      credentialReport: sum(({ passwords }) => passwords.credentialReport),
    },
  };
}

/** "passwords" for all, "2 of 6 passwords", or an empty text for none. */
function part(number: number, { live, credentialReport }: Sum, things: string): string {
  const all = live + credentialReport;
  if (number === 0) return '';
  return number === all ? things : `${count(number)} of ${count(all)} ${things}`;
}

/** "a, b and c", without empty texts. */
function listed(texts: readonly string[]): string {
  const all = texts.filter((text) => text !== '');
  const last = all.at(-1) ?? '';
  return all.length < 2 ? last : `${all.slice(0, -1).join(', ')} and ${last}`;
}

/** The facts that could not be read, a line each, with the cause; and why `--max-age` did not apply. */
function unreadLines(report: Report): string[] {
  const { sources, users } = report;
  const { credentialReport, stateTable, serviceCredentials, sshKeys } = sources;
  const unread = [
    ['last sign-ins, access keys and signing certificates', credentialReport],
    ['since when users are blocked', stateTable],
    ['service-specific credentials', serviceCredentials],
    ['SSH keys', sshKeys],
  ] as const;
  const lines = unread
    .filter(([, source]) => source !== stateTable || users.some(({ state }) => state === 'blocked'))
    .flatMap(([what, source]) =>
      source.status === 'not-read' && source.problem.code !== 'not-asked'
        ? [`Not known: ${what} (${oneLine(source.problem.text)}).`]
        : [],
    );
  return [...maxAgeLines(report), ...lines];
}

/** Why `--max-age` did not apply. */
function maxAgeLines({ sources: { maxAge } }: Report): string[] {
  if (maxAge === null || maxAge.problem === null) return [];
  return [
    `--max-age ${durationOf(maxAge.minutes)} did not apply: ${oneLine(maxAge.problem.text)}.`,
  ];
}

function durationOf(minutes: number): string {
  return minutes > 0 && minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}

/**
 * How old the answer to a monitor is, in a phrase: "250 of 5,000 users read from IAM’s credential report, 2 hours old".
 * @param reports of one account, or of those of an organization that were read
 * @returns empty where every device and password was read live, and nothing else was asked for
 */
export function ageNote(reports: readonly Report[]): string {
  const problems = reports.flatMap(({ sources: { maxAge } }) => maxAge?.problem ?? []);
  const of = reports.length === 1 ? '' : ` in ${countOf(problems.length, 'account')}`;
  const [cause, ...others] = new Set(problems.map(({ text }) => oneLine(text)));
  // Of several causes the full report names each with its accounts.
  const why = others.length === 0 ? `: ${cause}` : '';
  const live = cause === undefined ? '' : `read live${of}${why}`;
  const users = reports.reduce((sum, { totals }) => sum + totals.users, 0);
  const old = reports.reduce((sum, { sources: { devices, passwords } }) => {
    return sum + Math.max(devices.credentialReport, passwords.credentialReport);
  }, 0);
  const [age] = reports
    .flatMap(({ at, sources }) => {
      const generatedAt = generatedAtOf(sources);
      return generatedAt === null ? [] : [{ ms: ageMs(generatedAt, at) }];
    })
    .toSorted((a, b) => b.ms - a.ms);
  const byReport =
    age === undefined
      ? ''
      : `${count(old)} of ${countOf(users, 'user')} read from IAM’s credential report, ${hoursText(age.ms)} old`;
  return [byReport, live].filter((text) => text !== '').join('; ');
}

/**
 * The age of the oldest device or password of a report.
 * @returns seconds; 0 where all were read live
 */
export function factsAgeSeconds({ sources, at }: Report): number {
  const generatedAt = generatedAtOf(sources);
  return generatedAt === null ? 0 : Math.floor(ageMs(generatedAt, at) / 1000);
}

function generatedAtOf({ devices, passwords }: Sources): string | null {
  return devices.generatedAt ?? passwords.generatedAt;
}

const MINUTE_MS = 60_000;

/** IAM's clock may be ahead. */
function ageMs(generatedAt: string, at: string): number {
  return Math.max(0, Date.parse(at) - Date.parse(generatedAt));
}

/** "2 hours old (2026-03-01 10:00 UTC)" */
function ageText(generatedAt: string, at: string): string {
  return `${hoursText(ageMs(generatedAt, at))} old (${minute(generatedAt)})`;
}

function hoursText(ms: number): string {
  const minutes = Math.floor(ms / MINUTE_MS);
  return minutes < 60 ? countOf(minutes, 'minute') : countOf(Math.floor(minutes / 60), 'hour');
}
