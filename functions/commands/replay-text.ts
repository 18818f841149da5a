import type { Actor } from '../../events/cause.ts';
import { nameKey } from '../../events/names.ts';
import type { Reason } from '../../events/outcome.ts';
import type { SettingsFrom } from '../../events/settings-from.ts';
import { cellsOf, padToCells, wrapText } from '../render/cells.ts';
import { countOf, settingsLine } from '../render/report/text.ts';

/** One record of a file, as `replay --json` prints it. */
export interface Replayed {
  /** The record's place in the file; empty where it is all of it. */
  readonly record: string;
  readonly event: {
    readonly id: string | null;
    readonly name: string | null;
    readonly time: string | null;
    readonly actor?: Actor;
  };
  /** What the event concerns: users, the enforcer's own resources, or nothing that matters here. */
  readonly about: 'users' | 'enforcer' | 'nothing';
  /** Names of the users to review. */
  readonly users: readonly string[];
  /** Why no user is reviewed, or null. */
  readonly dropped: string | null;
  /** Null where no settings were needed, or they could not be read. */
  readonly decidedBy: string | null;
  readonly settingsFrom: SettingsFrom | null;
  readonly decisions: readonly ReplayedDecision[];
}

/** What a review of a user found. */
export interface ReplayedDecision {
  readonly user: string;
  readonly action: 'block' | 'unblock' | 'none';
  readonly status: string | null;
  readonly blocked: boolean | null;
  readonly reasons: readonly Reason[];
  readonly enforced: boolean;
  readonly message: string;
}

/** A part of the file that is no event. */
export interface Unreadable {
  readonly where: string;
  readonly wrong: string;
}

/** The only event of a file. */
export function oneText(replayed: Replayed): string {
  const { event, dropped, users, decisions } = replayed;
  return lines([
    `Event    ${event.name ?? 'unknown'}${event.time ? ` at ${event.time}` : ''}`,
    ...(dropped === null ? [] : [`Dropped  ${dropped}`]),
    ...(users.length > 0 ? [`Users    ${users.join(', ')}`] : []),
    ...decisions.map(({ user, message }) => `         ${user}: ${message}`),
    ...settingsLines([replayed]),
  ]);
}

/**
 * Many events: a table of the users that they concern, what they mean for the enforcer itself, and how many there are.
 * @param columns the width of the lines; a word that is longer keeps its line
 */
export function manyText(all: readonly Replayed[], unreadable: number, columns: number): string {
  const users = usersOf(all);
  const counts = (about: Replayed['about']) => all.filter((one) => one.about === about).length;
  return lines([
    ...(users.length > 0 ? [...table(users, columns), ''] : []),
    ...enforcerLines(all),
    [
      `${countOf(all.length + unreadable, 'record')}: ${counts('users')} concern ${countOf(users.length, 'user')}`,
      `${counts('enforcer')} the enforcer itself`,
      `${counts('nothing')} nothing that the enforcer reviews`,
      ...(unreadable > 0 ? [`${unreadable} could not be read`] : []),
    ]
      .join(', ')
      .concat('.'),
    ...settingsLines(all),
  ]);
}

interface UserRow {
  readonly user: string;
  readonly events: number;
  readonly last: Replayed['event'];
  readonly message: string;
}

/** Each user once, in the order of the file. */
function usersOf(all: readonly Replayed[]): UserRow[] {
  const rows = new Map<string, UserRow>();
  for (const { event, users, decisions } of all) {
    for (const name of users) {
      const key = nameKey(name);
      const before = rows.get(key);
      const decision = decisions.find(({ user }) => nameKey(user) === key);
      const isLater = before === undefined || (before.last.time ?? '') <= (event.time ?? '');
      rows.set(key, {
        user: decision?.user ?? name,
        events: (before?.events ?? 0) + 1,
        last: isLater ? event : before.last,
        message: decision?.message ?? before?.message ?? 'not decided',
      });
    }
  }
  return [...rows.values()];
}

const GAP = '  ';
// Where less is left for the reason, it gets a line of its own.
const LEAST_FOR_REASON = 40;

function table(rows: readonly UserRow[], columns: number): string[] {
  const cells = rows.map(({ user, events, last }) => [
    user,
    String(events),
    `${last.name ?? 'unknown'} ${(last.time ?? '').slice(0, 16).replace('T', ' ')}`.trim(),
  ]);
  const head = ['user', 'events', 'last event (UTC)'];
  const widths = head.map((title, index) =>
    Math.max(...[head, ...cells].map((row) => cellsOf(row[index] ?? title))),
  );
  const row = (texts: readonly string[]) =>
    texts.map((text, index) => padToCells(text, widths[index] ?? 0)).join(GAP);
  const left = columns - cellsOf(row(head)) - GAP.length;
  const isBeside = left >= LEAST_FOR_REASON;
  const room = isBeside ? left : columns - 4;
  return [
    `${row(head)}${isBeside ? `${GAP}now` : ''}`.trimEnd(),
    ...rows.flatMap(({ message }, index) => {
      const first = row(cells[index] ?? []);
      const reason = wrapText(message, room);
      if (!isBeside) return [first.trimEnd(), ...reason.map((line) => `    ${line}`)];
      const indent = ' '.repeat(cellsOf(first));
      return reason.map((line, at) => (at === 0 ? first : indent) + GAP + line);
    }),
  ];
}

/** What the events mean for the enforcer's own resources, each once. */
function enforcerLines(all: readonly Replayed[]): string[] {
  const counts = new Map<string, number>();
  for (const { about, event, dropped } of all) {
    if (about !== 'enforcer') continue;
    const text = `${event.name ?? 'unknown'}: ${dropped ?? 'not decided'}`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const texts = [...counts].map(([text, count]) =>
    count === 1 ? text : `${text} (${count} times)`,
  );
  return texts.length === 0 ? [] : [...texts, ''];
}

/** The settings of the decisions, where there are any: they are the same for all of them. */
function settingsLines(all: readonly Replayed[]): string[] {
  const { decidedBy = null, settingsFrom = null } = all.find((one) => one.decidedBy !== null) ?? {};
  if (decidedBy === null || settingsFrom === null) return [];
  return [settingsLine({ decidedBy, settingsFrom })];
}

const MOST_NAMED = 20;

/** The records that could not be read, by their places; all of them where standard output has the data. */
export function unreadableText(unreadable: readonly Unreadable[], all: boolean): string {
  if (unreadable.length === 0) return '';
  const named = all ? unreadable : unreadable.slice(0, MOST_NAMED);
  const left = unreadable.length - named.length;
  return lines([
    `${countOf(unreadable.length, 'record')} could not be read:`,
    ...named.map(({ where, wrong }) => `  ${where}: ${wrong}`),
    ...(left > 0 ? [`  and ${left} more, which --json lists`] : []),
  ]);
}

/** Why there is no event in a file. @param file - for standard input */
export function nothingRead(file: string, unreadable: readonly Unreadable[]): string {
  const front = `Cannot read an event from ${file === '-' ? 'standard input' : file}: `;
  const [first] = unreadable;
  if (first === undefined) return `${front}it contains no event`;
  if (unreadable.length === 1) return front + first.wrong;
  return `${front}none of its records is one. ${unreadableText(unreadable, false).trimEnd()}`;
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}
