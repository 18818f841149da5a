import type { ReportedUser } from '../../../events/report.ts';
import { cellsOf, cutToCells, padToCells } from '../cells.ts';
import { isHeldWithoutNeed } from '../report/findings.ts';
import { countOf, oneLine } from '../report/text.ts';
import type { Style } from '../sgr.ts';

const SHOWN = 20;
const NAME_AT_MOST = 32;

const kinds = {
  unprotected: 'red',
  exempt: 'yellow',
  'blocked in vain': 'yellow',
} as const satisfies Readonly<Record<string, Style>>;
type Kind = keyof typeof kinds;

/**
 * The first of the users of an account who need somebody, unprotected ones first.
 * @param width cells of a line
 */
export function usersTable(
  account: string,
  users: readonly ReportedUser[],
  width: number,
  paint: (style: Style, text: string) => string,
): string[] {
  const order = Object.keys(kinds);
  const rows = users
    .map((user) => ({ user, name: oneLine(user.name), kind: kindOf(user) }))
    .toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  const shown = rows.slice(0, SHOWN);
  const nameCells = Math.min(NAME_AT_MOST, Math.max(0, ...shown.map(({ name }) => cellsOf(name))));
  const kindCells = Math.max(0, ...shown.map(({ kind }) => kind.length));
  const lines = shown.flatMap(({ user, name, kind }) => {
    const why = oneLine(user.reasons.map(({ text }) => text).join(', '));
    const fits = cellsOf(name) <= nameCells;
    const password = passwordOf(user, kind);
    const front = `  ${padToCells(fits ? name : '', nameCells)}  `;
    const room = width - front.length - kindCells - 2;
    const line = `${front}${paint(kinds[kind], padToCells(kind, kindCells))}  ${cutToCells(password + why, room)}`;
    return fits ? [line] : [`  ${cutToCells(name, width - 2)}`, line];
  });
  const more = users.length - shown.length;
  return [
    ...lines,
    ...(more > 0
      ? [`  and ${countOf(more, 'more user')}: report --accounts ${account} --all`]
      : []),
  ];
}

/** An exempt user is here for nothing but the password. */
function passwordOf({ hasPassword }: ReportedUser, kind: Kind): string {
  if (!hasPassword) return '';
  return kind === 'exempt' ? 'has a password and no MFA device, ' : 'has a password, ';
}

function kindOf(user: ReportedUser): Kind {
  if (user.state === 'exposed') return 'unprotected';
  return isHeldWithoutNeed(user) ? 'blocked in vain' : 'exempt';
}
