import { columnsOf } from '../../functions/commands/shell.ts';
import { padToCells, wrapWords } from '../../functions/render/cells.ts';
import type { Context } from './context.ts';
import type { Hub } from './hub.ts';
import type { SetPlan } from './stack-set.ts';
import { accountsOf, hintFor, line } from './words.ts';

/** An account of the organization, and how it is guarded. */
export interface Row {
  readonly account: string;
  readonly name: string;
  /** The unit that its spoke was deployed to; null where it has none of the set. */
  readonly unit: string | null;
  readonly mode: string | null;
  readonly state: 'guarded' | 'at work' | 'failed' | 'not guarded' | 'not active';
  readonly why: string | null;
  /** When it was last swept; null where it never was. */
  readonly swept: string | null;
}

/** Which set, and whether it is as the hub's release wants it. */
export function setInWords(stackSet: string, { isNew, changes, defaultMode }: SetPlan): string {
  if (isNew) return `there is no ${stackSet} yet: deploy makes it`;
  const late =
    changes.length === 0 ? '' : `; not up to date (${changes.join(', ')}): deploy brings it there`;
  return `${stackSet}; accounts that join later: ${defaultMode}${late}`;
}

/** Every account as a table, with what to do about those that are not well. */
export function statusTable(
  { shell, account, stack }: Context,
  hub: Hub,
  rows: readonly Row[],
  set: string,
): string {
  const columns = columnsOf(shell);
  const name = Math.min(28, Math.max(4, ...rows.map((row) => row.name.length)));
  const unit = Math.max(4, ...rows.map((row) => (row.unit ?? '-').length));
  const cells = (...texts: readonly string[]) =>
    [14, name + 2, unit + 2, 9, 13]
      .map((width, index) => padToCells(texts[index] ?? '', width))
      .join('')
      .concat(texts[5] ?? '')
      .trimEnd()
      .concat('\n');
  const day = (at: string | null) =>
    at === null ? '-' : `${at.slice(0, 16).replace('T', ' ')} UTC`;
  const lines = rows.flatMap((row) => [
    cells(row.account, row.name, row.unit ?? '-', row.mode ?? '-', row.state, day(row.swept)),
    ...(row.why === null
      ? []
      : wrapWords(row.why, columns - 14).map((one) => `${' '.repeat(14)}${one}\n`)),
  ]);
  const count = (state: Row['state']) => rows.filter((row) => row.state === state).length;
  const many = (['guarded', 'at work', 'failed', 'not guarded', 'not active'] as const)
    .filter((state) => count(state) > 0)
    .map((state) => `${count(state)} ${state}`);
  const hintsFor = rows.map(({ why }) => (why === null ? null : hintFor(why)));
  return [
    line('hub', `stack ${stack} in account ${account}; Mode ${hub.mode}`, columns),
    line('organization', hub.organization, columns),
    line('stack set', set, columns),
    '\n',
    cells('ACCOUNT', 'NAME', 'UNIT', 'MODE', 'STATE', 'LAST SWEEP'),
    ...lines,
    '\n',
    `${accountsOf(rows.length)}: ${many.join(', ')}\n`,
    ...[...new Set(hintsFor.filter((one) => one !== null))].map((one) =>
      line('what to do', one, columns),
    ),
  ].join('');
}
