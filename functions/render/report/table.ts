import type { Report, ReportedUser, State } from '../../../events/report.ts';
import { cellsOf, padToCells, wrapToCells } from '../cells.ts';
import { type Style, styled } from '../terminal-text.ts';
import { type Finding, findingsOf } from './attention.ts';
import { sourceLines } from './source-lines.ts';
import { count, countOf, oneLine, settingsLine } from './text.ts';
import { rowsOf } from './user-columns.ts';

export interface TableOptions {
  /** Cells of a line. */
  readonly width: number;
  readonly color: boolean;
  /** Show the protected users one by one, too. */
  readonly all?: boolean;
}

/** In the order they are shown: the states that need an action first. */
const states: readonly { state: State; words: string; style: Style }[] = [
  { state: 'unprotected', words: 'unprotected', style: 'red' },
  { state: 'blocked', words: 'blocked', style: 'yellow' },
  { state: 'exempt', words: 'exempt', style: 'cyan' },
  { state: 'out-of-scope', words: 'out of scope', style: 'dim' },
  { state: 'protected', words: 'protected', style: 'green' },
];

const GAP = '  ';
const WIDTH_AT_LEAST = 40;
const NAME_SHARE = 0.45;
// A note that would have less room than this has lines of its own.
const NOTE_AT_LEAST = 24;
const NOTE_INDENT = '    ';
/** How many users a finding names. */
const NAMED = 8;

type Paint = (style: Style | null, text: string) => string;

/**
 * A report for a person at a terminal: what needs attention, the totals, then the users, those without MFA first. No line is wider
 * than `width` (40 at least), and nothing is cut: what has no room is on a line of its own. No control character comes
 * from the data.
 */
export function table(report: Report, options: TableOptions): string {
  const width = Math.max(options.width, WIDTH_AT_LEAST);
  const settings = wrapToCells(oneLine(settingsLine(report)), width).map((line) =>
    options.color ? styled('dim', line) : line,
  );
  return `${[...tableLines(report, options), '', ...settings].join('\n')}\n`;
}

/** The table in lines, without the settings. */
export function tableLines(report: Report, options: TableOptions): string[] {
  const width = Math.max(options.width, WIDTH_AT_LEAST);
  const paint: Paint = (style, text) => (options.color && style ? styled(style, text) : text);
  const paragraph = (style: Style | null, text: string) =>
    wrapToCells(text, width).map((line) => paint(style, line));
  const users = states
    .filter(({ state }) => options.all === true || state !== 'protected')
    .flatMap(({ state }) => report.users.filter((user) => user.state === state));
  const hidden = report.users.length - users.length;
  const sources = sourceLines({ ...report, users });
  return [
    ...attentionLines(findingsOf(report), width, paint),
    ...paragraph('bold', title(report)),
    ...paragraph(null, totalsLine(report)),
    ...(users.length === 0 ? [] : userLines(users, report, width, paint)),
    ...(hidden + sources.length === 0 ? [] : ['']),
    ...(hidden === 0 ? [] : paragraph('dim', hiddenLine(hidden))),
    ...sources.flatMap((line) => paragraph('dim', line)),
  ];
}

/** What needs a person, the most severe first, with the names of the first users. */
function attentionLines(findings: readonly Finding[], width: number, paint: Paint): string[] {
  if (findings.length === 0) return [];
  const lines = findings.flatMap(({ severe, title: text, users }) => {
    const more = users.length - NAMED;
    const names = users.slice(0, NAMED).map(({ name }) => oneLine(name));
    if (more > 0) names.push(`and ${count(more)} more`);
    const whole = names.length === 0 ? `${text}.` : `${text}: ${names.join(', ')}`;
    const style = severe ? 'red' : 'yellow';
    return wrapToCells(whole, width - NOTE_INDENT.length).map((line, index) =>
      paint(style, `${index === 0 ? `  ${severe ? '!' : '-'} ` : NOTE_INDENT}${line}`),
    );
  });
  return [paint('bold', 'Needs attention'), ...lines, ''];
}

/** The rows, and above them the reasons that most rows of a state have. */
function userLines(
  users: readonly ReportedUser[],
  report: Report,
  width: number,
  paint: Paint,
): string[] {
  const words = new Map(states.map((one) => [one.state, one]));
  const stateCells = Math.max(
    'state'.length,
    ...users.map(({ state }) => words.get(state)?.words.length ?? 0),
  );
  // A longer name has a line of its own.
  const most = Math.min(Math.floor(width * NAME_SHARE), width - stateCells - GAP.length);
  const names = users.map(({ name }) => cellsOf(oneLine(name)));
  const nameCells = Math.max('user'.length, ...names.filter((cells) => cells <= most));
  const front = nameCells + GAP.length + stateCells;
  const { heads, rows, usual } = rowsOf(
    users,
    report.sources,
    (widths) => front + widths.reduce((sum, one) => sum + GAP.length + one, 0) <= width,
  );
  const cellWidths = heads.map((head, index) =>
    Math.max(cellsOf(head), ...rows.map(({ cells }) => cellsOf(cells[index] ?? ''))),
  );
  const noteAt = front + cellWidths.reduce((sum, one) => sum + GAP.length + one, GAP.length);
  const noteRoom = width - noteAt;
  const line = (name: string, state: string, style: Style | null, cells: readonly string[]) =>
    [
      padToCells(name, nameCells),
      paint(style, padToCells(state, stateCells)),
      ...cells.map((cell, index) => padToCells(cell, cellWidths[index] ?? 0)),
    ].join(GAP);
  const hasNotes = rows.some(({ note }) => note !== '') && noteRoom >= NOTE_AT_LEAST;
  const head = `${line('user', 'state', null, heads)}${hasNotes ? `${GAP}note` : ''}`;
  return [
    ...[...usual].flatMap(([state, reason]) =>
      wrapToCells(
        `${capital(words.get(state)?.words ?? state)}, unless a row says otherwise: ${reason}.`,
        width,
      ),
    ),
    '',
    paint('dim', head.trimEnd()),
    ...rows.flatMap(({ user, name, cells, note }) => {
      const { words: state = user.state, style = null } = words.get(user.state) ?? {};
      const fits = cellsOf(name) <= nameCells;
      const row = line(fits ? name : '', state, style, cells);
      const own =
        note === '' ? [] : wrapToCells(note, hasNotes ? noteRoom : width - NOTE_INDENT.length);
      const beside = hasNotes ? own : [];
      const [first, ...rest] = beside;
      return [
        ...(fits ? [] : wrapToCells(name, width)),
        (first === undefined ? row : `${row}${GAP}${first}`).trimEnd(),
        ...rest.map((text) => `${' '.repeat(noteAt)}${text}`),
        ...(hasNotes ? [] : own.map((text) => `${NOTE_INDENT}${text}`)),
      ];
    }),
  ];
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function title({ account, alias, at }: Report): string {
  const name = alias === null ? account : `${account} (${oneLine(alias)})`;
  return `Account ${name}, read ${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;
}

function totalsLine({ totals }: Report): string {
  const { users, protected: safe, blocked, unprotected, exempt, outOfScope } = totals;
  return (
    `${countOf(users, 'user')}: ${unprotected} unprotected, ${blocked} blocked, ` +
    `${exempt} exempt, ${outOfScope} out of scope, ${safe} protected`
  );
}

function hiddenLine(count: number): string {
  return `${countOf(count, 'protected user')} ${count === 1 ? 'is' : 'are'} not listed here.`;
}
