import type { AccountPlace } from '../../../events/organization-report.ts';
import type { SweepTotals } from '../../../events/outcome.ts';
import type { ReportedUser } from '../../../events/report.ts';
import type { Finding } from './findings.ts';
import { count, day, users as usersText } from './format.ts';
import { html, type Markup } from './markup.ts';
import { compareStates, labels, states } from './states.ts';

// Longer tables paint the rows in sight only; shorter ones are whole, also on a picture of the whole page.
const PAINT_ALL_AT_MOST = 500;

/**
 * Every user, as a table that is complete without the script. The script shows the controls, filters and sorts.
 * @param rows the users, in the order of the page
 * @param totals how many of each state there are
 * @param accounts the accounts that the users may be of, where there is more than one
 */
export function usersSection(
  rows: readonly Row[],
  totals: SweepTotals,
  accounts: readonly AccountPlace[] = [],
): Markup {
  return html`<section id="users" aria-labelledby="users-heading" tabindex="-1">
<h2 id="users-heading">Users</h2>
${rows.length === 0 ? html`<p class="none">There are no users to list.</p>` : usersTable(rows, totals, accounts)}
</section>`;
}

function usersTable(
  rows: readonly Row[],
  totals: SweepTotals,
  accounts: readonly AccountPlace[],
): Markup {
  const many = accounts.length > 0;
  const attention = rows.filter((row) => row.attention).length;
  return html`<div id="controls" class="controls" role="search" aria-label="Users" hidden>
<div class="find"><label for="find">Find in names, ARNs and reasons</label>
<input id="find" type="search" autocomplete="off" spellcheck="false"></div>
${many ? accountFilter(accounts) : []}
<fieldset><legend>Show only</legend>
<div class="chips">
${states.map(
  ({ state, label, total }) =>
    html`<label class="chip"><input type="checkbox" name="state" value="${state}"><span class="mark" data-state="${state}">${label}</span> <span class="number">${count(totals[total])}</span></label>`,
)}
<label class="chip"><input type="checkbox" id="attention-only"><span>needs attention</span> <span class="number">${count(attention)}</span></label>
</div>
</fieldset>
</div>
<div class="status"><p id="shown" role="status">${usersText(rows.length)}</p>
<button id="reset" type="button" hidden>Clear filters and order</button></div>
<p id="filters" class="filters" hidden></p>
<table id="table" role="table"${classOf(rows, many)}>
<caption><span id="order">Users who need attention first, then the others without MFA.</span> <span id="sort-hint" hidden>The buttons in the column headers sort.</span></caption>
<colgroup><col class="c-user">${many ? html`<col class="c-account">` : []}<col class="c-state"><col class="c-why"><col class="c-devices"><col class="c-password"><col class="c-since"></colgroup>
<thead role="rowgroup">
<tr role="row">${header('User', 'text', true)}${many ? header('Account', 'text') : []}${header('State', 'state')}${header('Why', 'text', true)}${header('MFA devices', 'number')}${header('Password', 'text')}${header('User since', 'text')}</tr>
</thead>
<tbody role="rowgroup">
${rows.map(userRow)}
</tbody>
</table>
<p id="none" class="none" hidden>No user matches. Clear the filters to see all users.</p>`;
}

function classOf(rows: readonly Row[], many: boolean): Markup | [] {
  const names = [
    ...(rows.length > PAINT_ALL_AT_MOST ? ['long'] : []),
    ...(many ? ['of-accounts'] : []),
  ];
  return names.length === 0 ? [] : html` class="${names.join(' ')}"`;
}

/** A column's header, with what the script needs to know: how it sorts, and whether its text is searched. */
function header(title: string, sort: 'text' | 'state' | 'number', find = false): Markup {
  return html`<th scope="col" role="columnheader" data-sort="${sort}"${find ? html` data-find` : []}>${title}</th>`;
}

function accountFilter(accounts: readonly AccountPlace[]): Markup {
  return html`<div class="find"><label for="account">Account</label>
<select id="account">
<option value="">All accounts</option>
${accounts.map(({ account, name }) => html`<option value="${account}">${name} (${account})</option>`)}
</select></div>`;
}

function userRow({ user, attention, id, account }: Row): Markup {
  const { name, arn, state, devices, hasPassword, blocked } = user;
  // A user in another state can have ForceMFA: Unblock is "never", or the unblock is still due.
  const also = blocked && state !== 'blocked' ? html` <small>ForceMFA is attached</small>` : [];
  const of = account === undefined ? [] : html` data-account="${account.account}"`;
  const start = attention
    ? html`<tr role="row" id="${id}" data-state="${state}"${of} data-attention>`
    : html`<tr role="row" data-state="${state}"${of}>`;
  const where =
    account === undefined
      ? []
      : html`<td role="cell">${account.name} <small>${account.account}</small></td>`;
  return html`${start}<th scope="row" role="rowheader">${name} <small>${arn}</small></th>${where}<td role="cell"><span class="mark">${labels[state]}</span>${also}</td><td role="cell">${why(user)}</td><td role="cell">${devices.length === 0 ? 'none' : count(devices.length)}</td><td role="cell">${hasPassword ? 'yes' : 'no'}</td><td role="cell">${since(user)}</td></tr>`;
}

/** One user as a row of the table. */
export interface Row {
  readonly user: ReportedUser;
  /** At least one finding is about this user. */
  readonly attention: boolean;
  /** What a link to the row points to. */
  readonly id: string;
  /** The account, where the page has more than one. */
  readonly account?: AccountPlace | undefined;
}

/**
 * The order of the page: users who need attention first, then by state, users without MFA before the others; within that the
 * order of the report.
 * @param accountOf the account of a user, where the page has more than one
 */
export function rowsOf(
  users: readonly ReportedUser[],
  findings: readonly Finding[],
  accountOf?: ReadonlyMap<ReportedUser, AccountPlace>,
): readonly Row[] {
  const needing = new Set(findings.flatMap((finding) => finding.users));
  return users
    .map((user) => ({ user, attention: needing.has(user), account: accountOf?.get(user) }))
    .sort(
      (a, b) =>
        Number(b.attention) - Number(a.attention) || compareStates(a.user.state, b.user.state),
    )
    .map((row, index) => ({ ...row, id: `user-${index + 1}` }));
}

/** The reasons for a user's state. */
export function why({ reasons }: ReportedUser): string {
  const text = reasons.map((reason) => reason.text).join(', ');
  return text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** The day a user was created: IAM does not record how long a user has been without MFA. */
export function since({ createdAt }: ReportedUser): Markup {
  return createdAt === null
    ? html`unknown`
    : html`<time datetime="${createdAt}">${day(createdAt)}</time>`;
}
