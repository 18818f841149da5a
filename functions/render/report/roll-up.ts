import type { OrganizationReport } from '../../../events/organization-report.ts';
import type { SweepTotals } from '../../../events/outcome.ts';
import { sumOfTotals } from '../../domain/rules/totals.ts';
import { cellsOf, cutToCells, padToCells } from '../cells.ts';
import type { Style } from '../terminal-text.ts';
import { eventPathLevel } from './event-path.ts';
import type { TableOptions } from './table.ts';
import { accountText, countOf, oneLine } from './text.ts';

type Account = OrganizationReport['accounts'][number];

/** A line of the roll-up: an organizational unit with what is below it, or an account. */
export type RollUpRow =
  | {
      readonly kind: 'unit';
      readonly depth: number;
      readonly name: string;
      /** Of the accounts below it that were read. */
      readonly totals: SweepTotals;
      readonly read: number;
      readonly notRead: number;
    }
  | { readonly kind: 'account'; readonly depth: number; readonly account: Account };

/**
 * Accounts below the units they are in.
 * @param accounts those of a unit stand together, and right after it those of the units in it, as the report has them
 */
export function rollUp(accounts: readonly Account[]): RollUpRow[] {
  const rows: RollUpRow[] = [];
  let path: readonly string[] = [];
  for (const account of accounts) {
    const { ou } = account;
    const same = ou.findIndex((unit, depth) => unit !== path[depth]);
    for (let depth = same === -1 ? ou.length : same; depth < ou.length; depth += 1) {
      rows.push(unitRow(accounts, ou.slice(0, depth + 1)));
    }
    path = ou;
    rows.push({ kind: 'account', depth: ou.length, account });
  }
  return rows;
}

function unitRow(accounts: readonly Account[], path: readonly string[]): RollUpRow {
  const below = accounts.filter(({ ou }) => path.every((unit, depth) => ou[depth] === unit));
  const read = below.filter((one) => one.status === 'read');
  return {
    kind: 'unit',
    depth: path.length - 1,
    name: path.at(-1) ?? '',
    totals: sumOfTotals(read.map(({ report }) => report.totals)),
    read: read.length,
    notRead: below.length - read.length,
  };
}

type Paint = (style: Style, text: string) => string;

interface Line {
  readonly name: string;
  readonly unit: boolean;
  readonly cells: readonly { readonly text: string; readonly style: Style | null }[];
}

const headers = ['unprotected', 'blocked', 'exempt', 'protected', 'root', 'mode'];
const GAP = 2;
// A longer list is not read: above that, accounts without findings are only counted.
const LIST_ALL_AT_MOST = 40;

/** The organization's units and accounts with their numbers, a line each. */
export function rollUpTable(
  accounts: readonly Account[],
  { width, all }: TableOptions,
  paint: Paint,
): string[] {
  const everything = all === true || accounts.length <= LIST_ALL_AT_MOST;
  const listed = everything ? accounts : accounts.filter(hasFindings);
  const rows = rollUp(accounts).filter(
    (row) => row.kind === 'unit' || listed.includes(row.account),
  );
  const lines = rows.map(lineOf);
  const cellWidths = headers.map((header, index) =>
    Math.max(header.length, ...lines.map(({ cells }) => cells[index]?.text.length ?? 0)),
  );
  const numbers = cellWidths.reduce((sum, one) => sum + one + GAP, 0);
  const nameWidth = Math.min(
    Math.max(12, width - numbers),
    Math.max('account'.length, ...lines.map(({ name }) => cellsOf(name))),
  );
  const right = (text: string, index: number) => text.padStart((cellWidths[index] ?? 0) + GAP);
  const draw = ({ name, unit, cells }: Line): string[] => {
    const numbersText = cells
      .map(({ text, style }, index) => {
        const cell = index < cells.length - 1 ? right(text, index) : `  ${text}`;
        return style === null ? cell : paint(style, cell);
      })
      .join('');
    const bold = (text: string) => (unit ? paint('bold', text) : text);
    if (cellsOf(name) <= nameWidth) return [bold(padToCells(name, nameWidth)) + numbersText];
    return [bold(cutToCells(name, width)), ' '.repeat(nameWidth) + numbersText];
  };
  const hidden = accounts.length - listed.length;
  return [
    paint(
      'dim',
      padToCells('account', nameWidth) +
        headers.map((one, index) => (index < 5 ? right(one, index) : `  ${one}`)).join(''),
    ),
    ...lines.flatMap(draw),
    ...(hidden === 0
      ? []
      : [paint('dim', `${countOf(hidden, 'more account')} without findings (--all)`)]),
  ];
}

/** The number is not known, which is not 0. */
const unknown = { text: '?', style: 'red' } as const;

function hasFindings(account: Account): boolean {
  if (account.status === 'not-read' || account.mode === 'observe') return true;
  const { totals, rootMfa } = account.report;
  // Where the state table could not be read, the event path of no account is known.
  const isPathBad =
    eventPathLevel(account.report) !== 'ok' && account.report.eventPath?.state !== 'unknown';
  return totals.unprotected + totals.blocked > 0 || rootMfa === false || isPathBad;
}

function lineOf(row: RollUpRow): Line {
  const indent = '  '.repeat(row.depth);
  if (row.kind === 'unit') {
    const { name, totals, read, notRead } = row;
    const blind = notRead === 0 ? '' : `${notRead} not read`;
    return {
      name: `${indent}${oneLine(name)}`,
      unit: true,
      cells: [
        ...(read === 0 ? [unknown, unknown, unknown, unknown] : counts(totals)),
        { text: '', style: null },
        { text: blind, style: blind === '' ? null : 'red' },
      ],
    };
  }
  const { account } = row;
  const name = `${indent}${accountText(account)}`;
  if (account.status === 'not-read') {
    return {
      name,
      unit: false,
      cells: [unknown, unknown, unknown, unknown, unknown, { text: 'not read', style: 'red' }],
    };
  }
  const { totals, rootMfa } = account.report;
  return {
    name,
    unit: false,
    cells: [
      ...counts(totals),
      rootCell(rootMfa),
      { text: account.mode, style: account.mode === 'observe' ? 'yellow' : null },
    ],
  };
}

function rootCell(rootMfa: boolean | null): Line['cells'][number] {
  if (rootMfa === false) return { text: 'no MFA', style: 'red' };
  return { text: rootMfa ? 'MFA' : '-', style: null };
}

function counts({ unprotected, blocked, exempt, protected: safe }: SweepTotals): Line['cells'] {
  return [
    { text: `${unprotected}`, style: unprotected > 0 ? 'red' : null },
    { text: `${blocked}`, style: blocked > 0 ? 'yellow' : null },
    { text: `${exempt}`, style: null },
    { text: `${safe}`, style: null },
  ];
}
