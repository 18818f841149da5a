import type { AccountPlace } from '../../../events/organization-report.ts';
import type { SweepTotals } from '../../../events/outcome.ts';
import type { ReportedUser } from '../../../events/report.ts';
import { count } from '../report/text.ts';
import { columns, notesOf, otherText } from '../report/user-columns.ts';
import { users as usersText } from './format.ts';
import { html, type Markup } from './markup.ts';
import type { Row } from './rows.ts';
import { labels, states } from './states.ts';
import { userDetails } from './user-details.ts';

// Longer tables paint the rows in sight only; shorter ones are whole, also on a picture of the whole page.
const PAINT_ALL_AT_MOST = 500;

/** What the table of users is made of. */
export interface UsersTable {
  /** The users, in the order of the page. */
  readonly rows: readonly Row[];
  /** How many of each state there are. */
  readonly totals: SweepTotals;
  /** Where the facts come from, how old they are, and what could not be read. */
  readonly sources: readonly string[];
  /** The accounts that the users may be of, where there is more than one. */
  readonly accounts?: readonly AccountPlace[];
}

/** Every user, as a table that is complete without the script. The script shows the controls, filters and sorts. */
export function usersSection(table: UsersTable): Markup {
  return html`<section id="users" aria-labelledby="users-heading" tabindex="-1">
<h2 id="users-heading">Users</h2>
${table.rows.length === 0 ? html`<p class="none">There are no users to list.</p>` : usersTable(table)}
</section>`;
}

function usersTable({ rows, totals, sources, accounts = [] }: UsersTable): Markup {
  const many = accounts.length > 0;
  const attention = rows.filter((row) => row.attention).length;
  const { usual, noteOf } = notesOf(rows.map(({ user }) => user));
  return html`<div id="controls" class="controls" role="search" aria-label="Users" hidden>
<div class="find"><label for="find">Find users</label>
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
<button id="save" type="button" hidden>Save these rows as CSV</button>
<button id="reset" type="button" hidden>Clear filters and order</button></div>
<p id="filters" class="filters" hidden></p>
${[...usual].map(([state, text]) => html`<p class="common">${capital(labels[state])}, unless a row says otherwise: ${text}.</p>`)}
${sources.map((line) => html`<p class="common">${line}</p>`)}
<table id="table" role="table"${classOf(rows, many)}>
<caption><span id="order">Users who need attention first, then the others without MFA.</span> <span id="sort-hint" hidden>The buttons in the column headers sort.</span></caption>
<thead role="rowgroup">
<tr role="row">${header('User', 'text', true)}${header('State', 'state')}${columns.map(({ head }) => header(capital(head), 'text'))}${many ? header('Account', 'text') : []}${header('Note', 'text', true)}<th scope="col" role="columnheader" class="more"><span class="hidden">Details</span></th></tr>
</thead>
<tbody role="rowgroup">
${rows.map((row) => userRow(row, noteOf(row.user)))}
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
function header(title: string, sort: 'text' | 'state', find = false): Markup {
  return html`<th scope="col" role="columnheader" data-sort="${sort}"${find ? html` data-find` : []}>${title}</th>`;
}

function accountFilter(accounts: readonly AccountPlace[]): Markup {
  return html`<div class="find"><label for="account">Account</label>
<select id="account">
<option value="">All accounts</option>
${accounts.map(({ account, name }) => html`<option value="${account}">${name} (${account})</option>`)}
</select></div>`;
}

function userRow(row: Row, reasons: string): Markup {
  const { user, attention, id, account } = row;
  const { name, state } = user;
  const of = account === undefined ? [] : html` data-account="${account.account}"`;
  const start = attention
    ? html`<tr role="row" id="${id}" data-state="${state}"${of} data-attention>`
    : html`<tr role="row" data-state="${state}"${of}>`;
  const where =
    account === undefined ? [] : html`<td role="cell">${account.name || account.account}</td>`;
  const facts = columns.map(({ cell }) => html`<td role="cell">${cell(user)}</td>`);
  return html`${start}<th scope="row" role="rowheader">${name}</th><td role="cell"><span class="mark">${labels[state]}</span></td>${facts}${where}<td role="cell">${note(user, reasons)}</td><td role="cell" class="more">${userDetails(row)}</td></tr>`;
}

/** What no other cell says. */
function note(user: ReportedUser, reasons: string): string {
  // A user in another state can have ForceMFA: Unblock is "never", or the unblock is still due.
  const also = user.blocked && user.state !== 'blocked' ? 'ForceMFA is attached' : '';
  return capital([also, reasons, otherText(user)].filter((part) => part !== '').join(', '));
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
