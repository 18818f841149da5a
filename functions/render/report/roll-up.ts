import type { OrganizationReport } from '../../../events/organization-report.ts';
import type { SweepTotals } from '../../../events/outcome.ts';
import { sumOfTotals } from '../../domain/rules/totals.ts';

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
