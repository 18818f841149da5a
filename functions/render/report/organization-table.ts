import type { AccountRead, OrganizationReport } from '../../../events/organization-report.ts';
import type { ReportedUser } from '../../../events/report.ts';
import { cellsOf, cutToCells, padToCells, wrapToCells } from '../cells.ts';
import { type Style, styled } from '../terminal-text.ts';
import { eventPathLevel, eventPathLines } from './event-path.ts';
import { isBlockedWithoutNeed, notReadIn, readIn } from './findings.ts';
import { rollUpTable } from './roll-up.ts';
import { stateSourceLines } from './source-lines.ts';
import { type TableOptions, tableLines } from './table.ts';
import { accountText, countOf, hubSettingsLine, notReadLines, oneLine } from './text.ts';

// The numbers of the roll-up, and a little of the accounts' names.
const WIDTH_AT_LEAST = 80;

/**
 * An organization for a person at a terminal: the accounts that could not be read, the totals, the roll-up by organizational
 * unit and account, then the users who need attention. With `all` every account's own table instead.
 * @returns lines; no control character comes from the data
 */
export function organizationTable(report: OrganizationReport, options: TableOptions): string {
  const width = Math.max(options.width, WIDTH_AT_LEAST);
  const paint = (style: Style, text: string) => (options.color ? styled(style, text) : text);
  const paragraph = (style: Style | null, text: string) =>
    wrapToCells(text, width).map((line) => (style === null ? line : paint(style, line)));
  const read = readIn(report);
  const blind = notReadLines(notReadIn(report), report.counts);

  const lines = [
    ...blind.flatMap((line, index) =>
      index === 0 ? paragraph('red', line) : indented(line, width),
    ),
    ...paragraph('bold', title(report)),
    // Where no account was read, totals of 0 would be wrong.
    ...(read.length === 0 ? [] : paragraph(null, totalsLine(report))),
    '',
    ...rollUpTable(report.accounts, { ...options, width }, paint),
    '',
    // With `all` each account's own table has its line.
    ...(options.all === true ? [] : eventPaths(read, width, paint)),
    ...(options.all === true
      ? read.flatMap((one) => ['', ...wholeAccount(one, options)])
      : concerned(read, width, paint)),
    ...(options.all === true
      ? []
      : stateSourceLines(read).flatMap((line) => paragraph('dim', line))),
    ...paragraph('dim', hubSettingsLine(report)),
  ];
  const text = lines.map((line) => line.trimEnd()).join('\n');
  return `${text.replaceAll(/\n{3,}/g, '\n\n')}\n`;
}

type Paint = (style: Style, text: string) => string;

/** Wrapped, with what is wrapped below the text. */
function indented(line: string, width: number): string[] {
  return wrapToCells(line.trim(), width - 4).map((part, index) =>
    index === 0 ? `  ${part}` : `    ${part}`,
  );
}

function title({ organization, counts, at, finishedAt }: OrganizationReport): string {
  const { read, notRead, leftOut } = counts;
  const which = notRead === 0 ? countOf(read, 'account') : `${read} of ${read + notRead} accounts`;
  const others = leftOut === 0 ? '' : ` (${leftOut} more not selected)`;
  const until = at.slice(0, 10) === finishedAt.slice(0, 10) ? '' : `${finishedAt.slice(0, 10)} `;
  return (
    `Organization ${oneLine(organization)}, ${which} read${others}, ` +
    `${at.slice(0, 10)} ${at.slice(11, 19)} to ${until}${finishedAt.slice(11, 19)} UTC`
  );
}

function totalsLine({ totals }: OrganizationReport): string {
  const { users, protected: safe, blocked, unprotected, exempt, outOfScope } = totals;
  return (
    `${countOf(users, 'user')}: ${unprotected} unprotected, ${blocked} blocked, ` +
    `${exempt} exempt, ${outOfScope} out of scope, ${safe} protected`
  );
}

function wholeAccount({ report, ...place }: AccountRead, options: TableOptions): string[] {
  const ou = place.ou.length === 0 ? '' : ` in ${oneLine(place.ou.join('/'))}`;
  return [`${accountText(place)}${ou}, Mode ${place.mode}`, ...tableLines(report, options), ''];
}

/** The event paths, those first that are not proven. */
function eventPaths(read: readonly AccountRead[], width: number, paint: Paint): string[] {
  const paths = read.map(({ report, ...one }) => ({ ...one, eventPath: report.eventPath }));
  const lines = eventPathLines(paths);
  if (lines.length === 0) return [];
  const isBad = read.some(({ report }) => eventPathLevel(report) !== 'ok');
  const title = isBad ? paint('red', 'Event paths') : 'Event paths';
  return [title, ...lines.flatMap((line) => indented(line, width)), ''];
}

/** The users who need attention, account by account. */
function concerned(read: readonly AccountRead[], width: number, paint: Paint): string[] {
  const sections = read.flatMap((one) => {
    const users = one.report.users.filter(
      (user) =>
        user.state === 'unprotected' ||
        isBlockedWithoutNeed(user) ||
        (user.state === 'exempt' && user.hasPassword && user.devices.length === 0),
    );
    const rootWithoutMfa = one.report.rootMfa === false;
    if (users.length === 0 && !rootWithoutMfa) return [];
    const observe = one.mode === 'observe' ? ', in observe mode' : '';
    const root = rootWithoutMfa ? [`  ${paint('red', 'The root user has no MFA device.')}`] : [];
    return [
      paint('bold', `${accountText(one)}${observe}`),
      ...root,
      ...usersTable(one.account, users, width, paint),
      '',
    ];
  });
  if (sections.length > 0) return ['Needs attention', '', ...sections];
  return read.length === 0 ? [] : ['No user in these accounts is unprotected.', ''];
}

const SHOWN = 20;
const NAME_AT_MOST = 32;

const kinds = {
  unprotected: 'red',
  exempt: 'yellow',
  'blocked without need': 'yellow',
} as const satisfies Readonly<Record<string, Style>>;
type Kind = keyof typeof kinds;

/**
 * The first of an account's users who need attention, unprotected users first.
 * @param width cells of a line
 */
function usersTable(
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

/** The password as a reason. An exempt user is listed only because of it. */
function passwordOf({ hasPassword }: ReportedUser, kind: Kind): string {
  if (!hasPassword) return '';
  return kind === 'exempt' ? 'password but no MFA device, ' : 'password, ';
}

function kindOf(user: ReportedUser): Kind {
  if (user.state === 'unprotected') return 'unprotected';
  return isBlockedWithoutNeed(user) ? 'blocked without need' : 'exempt';
}
