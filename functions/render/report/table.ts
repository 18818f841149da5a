import type { Report, ReportedUser, State } from '../../../events/report.ts';
import { cellsOf, cutToCells, padToCells, wrapToCells } from '../cells.ts';
import { type Style, styled } from '../terminal-text.ts';
import { isBlockedWithoutNeed } from './findings.ts';
import { countOf, oneLine, settingsLine } from './text.ts';

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
const PASSWORD = 'password';
const WIDTH_AT_LEAST = 40;
const NAME_AT_LEAST = 8;
// A name that would leave less than this for the reasons gets a line of its own.
const WHY_AT_LEAST = 24;

/**
 * A report for a person at a terminal: the root user without MFA, the totals, then the users, those without MFA first.
 * No line is wider than `width` (40 at least): reasons are cut, names are not. No control character comes from the
 * data.
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
  const paint = (style: Style | null, text: string) =>
    options.color && style ? styled(style, text) : text;
  const paragraph = (style: Style | null, text: string) =>
    wrapToCells(text, width).map((line) => paint(style, line));

  const rows = states
    .filter(({ state }) => options.all === true || state !== 'protected')
    .flatMap(({ state, words, style }) =>
      report.users
        .filter((user) => user.state === state)
        .map((user) => ({ ...cellsOfUser(user, words), style })),
    );
  const columns = columnsFor(rows, width);
  const row = ({ name, state, password, why }: Cells, style: Style | null): string[] => {
    const fits = cellsOf(name) <= columns.name;
    const cells = [
      padToCells(fits ? name : '', columns.name),
      paint(style, padToCells(state, columns.state)),
      padToCells(password, columns.password),
      cutToCells(why, columns.why),
    ];
    const line = cells.join(GAP).trimEnd();
    return fits ? [line] : [cutToCells(name, width), line];
  };
  const head = { name: 'user', state: 'state', password: PASSWORD, why: 'why' };
  const hidden = report.users.length - rows.length;

  return [
    ...(report.rootMfa !== false ? [] : paragraph('red', 'The root user has no MFA device.')),
    ...paragraph('bold', title(report)),
    ...paragraph(null, totalsLine(report)),
    ...(rows.length === 0 ? [] : ['', ...row(head, null).map((line) => paint('dim', line))]),
    ...rows.flatMap((cells) => row(cells, cells.style)),
    ...(hidden === 0 ? [] : ['', ...paragraph('dim', hiddenLine(hidden))]),
  ];
}

interface Cells {
  readonly name: string;
  readonly state: string;
  readonly password: string;
  readonly why: string;
}

function cellsOfUser(user: ReportedUser, state: string): Cells {
  const { name, hasPassword, reasons } = user;
  const texts = reasons.map(({ text }) => text);
  if (isBlockedWithoutNeed(user)) texts.unshift('STILL BLOCKED BY FORCEMFA');
  return {
    name: oneLine(name),
    state,
    password: hasPassword ? 'yes' : 'no',
    why: oneLine(texts.join(', ')),
  };
}

/** How wide each column is; the reasons have what the others leave. */
function columnsFor(rows: readonly Cells[], width: number) {
  const password = PASSWORD.length;
  const room = width - password - 3 * GAP.length;
  const state = Math.min(
    widest(
      rows.map((row) => row.state),
      width,
    ),
    room - NAME_AT_LEAST,
  );
  const forName = Math.max(NAME_AT_LEAST, room - state - WHY_AT_LEAST);
  const name = widest(
    rows.map((row) => row.name),
    forName,
  );
  return { name, state, password, why: room - state - name };
}

/** The width of the widest text that is not wider than `most`. */
function widest(texts: readonly string[], most: number): number {
  return Math.max(...['state', ...texts].map(cellsOf).filter((cells) => cells <= most));
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
