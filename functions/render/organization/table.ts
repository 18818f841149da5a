import type { AccountRead, OrganizationReport } from '../../../events/organization-report.ts';
import { wrapToCells } from '../cells.ts';
import { isHeldWithoutNeed } from '../report/findings.ts';
import { type TableOptions, table } from '../report/table.ts';
import { countOf, oneLine } from '../report/text.ts';
import { type Style, styled } from '../sgr.ts';
import { notReadLines } from './not-read.ts';
import { notReadIn, readIn } from './parts.ts';
import { rollUpTable } from './roll-up-table.ts';
import { accountText } from './text.ts';
import { usersTable } from './users-table.ts';

// The numbers of the roll-up, and a little of the accounts' names.
const WIDTH_AT_LEAST = 80;

/**
 * An organization for a person at a terminal: what could not be read, the totals, the roll-up by organizational unit
 * and account, then who is unprotected where. With `all` every account's own table instead.
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
    // Nothing read is not nobody.
    ...(read.length === 0 ? [] : paragraph(null, totalsLine(report))),
    '',
    ...rollUpTable(report.accounts, { ...options, width }, paint),
    '',
    ...(options.all === true
      ? read.flatMap((one) => ['', ...wholeAccount(one, options)])
      : concerned(read, width, paint)),
    ...paragraph('dim', `Decided by ${report.decidedBy}, and each account’s own mode and limit.`),
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
  const others = leftOut === 0 ? '' : ` (${leftOut} more not asked for)`;
  const until = at.slice(0, 10) === finishedAt.slice(0, 10) ? '' : `${finishedAt.slice(0, 10)} `;
  return (
    `Organization ${oneLine(organization)}, ${which} read${others}, ` +
    `${at.slice(0, 10)} ${at.slice(11, 19)} to ${until}${finishedAt.slice(11, 19)} UTC`
  );
}

function totalsLine({ totals }: OrganizationReport): string {
  const { users, protected: safe, held, exposed, exempt, outOfScope } = totals;
  return (
    `${countOf(users, 'user')}: ${exposed} unprotected, ${held} blocked until MFA is set up, ` +
    `${exempt} exempt, ${outOfScope} out of scope, ${safe} with MFA`
  );
}

function wholeAccount({ report, ...place }: AccountRead, options: TableOptions): string[] {
  const ou = place.ou.length === 0 ? '' : ` in ${oneLine(place.ou.join('/'))}`;
  return [`${accountText(place)}${ou}, Mode ${place.mode}`, ...table(report, options).split('\n')];
}

/** Who needs somebody, account by account. */
function concerned(read: readonly AccountRead[], width: number, paint: Paint): string[] {
  const sections = read.flatMap((one) => {
    const users = one.report.users.filter(
      (user) =>
        user.state === 'exposed' ||
        isHeldWithoutNeed(user) ||
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
  if (sections.length > 0) return ['Who needs attention', '', ...sections];
  return read.length === 0 ? [] : ['Nobody in these accounts is unprotected.', ''];
}
