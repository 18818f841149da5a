import type {
  AccountNotRead,
  AccountRead,
  OrganizationReport,
} from '../../../events/organization-report.ts';
import type { SweepTotals } from '../../../events/outcome.ts';
import { type RollUpRow, rollUp } from '../report/roll-up.ts';
import { count, minute } from '../report/text.ts';
import { html, type Markup } from './markup.ts';
import { labels, states } from './states.ts';

/** AWS Organizations lets units nest five deep. */
const DEEPEST = 5;

/** Every organizational unit and account with its numbers, and when it was read. */
export function accountsSection(accounts: OrganizationReport['accounts']): Markup {
  return html`<section id="accounts" aria-labelledby="accounts-heading">
<h2 id="accounts-heading">Accounts</h2>
<p>By organizational unit. An account’s name leads to its users.</p>
<div id="account-controls" class="find" role="search" aria-label="Accounts" hidden><label for="find-account">Find accounts</label>
<input id="find-account" type="search" autocomplete="off" spellcheck="false"> <span id="shown-accounts" role="status"></span>
<button id="reset-accounts" type="button" hidden>Back to the organizational units</button></div>
<div class="scroll" role="group" aria-labelledby="accounts-heading" tabindex="0">
<table id="accounts-table" class="roll-up" aria-labelledby="accounts-heading">
<thead><tr>${sortHeader('Account')}${states.map(
    ({ label }) => html`<th scope="col" class="number" data-sort="text">${label}</th>`,
  )}${['Root', 'Mode', 'Read'].map(sortHeader)}</tr></thead>
<tbody>
${rollUp(accounts).map(rowOf)}
</tbody>
</table>
</div>
</section>`;
}

function sortHeader(title: string): Markup {
  return html`<th scope="col" data-sort="text">${title}</th>`;
}

/** The units of an account, which its place in the table shows until the table is sorted. */
function unitsOf(ou: readonly string[]): Markup | [] {
  return ou.length === 0 ? [] : html` <small class="units">${ou.join(' / ')}</small>`;
}

function rowOf(row: RollUpRow): Markup {
  const depth = `d${Math.min(row.depth, DEEPEST)}`;
  if (row.kind === 'unit') {
    const { name, totals, read, notRead } = row;
    return html`<tr class="unit"><th scope="row" class="${depth}">${name}</th>${read === 0 ? html`<td colspan="${states.length}"></td>` : numbers(totals)}<td colspan="3">${unitText(read, notRead)}</td></tr>`;
  }
  const { account } = row;
  if (account.status === 'not-read') {
    const { name, at, ou } = account;
    return html`<tr class="unread"><th scope="row" class="${depth}">${name} <small>${account.account}</small>${unitsOf(ou)}</th><td colspan="${states.length + 2}"><span class="mark" data-state="unprotected">not read</span></td><td>tried ${minute(at)}${swept(account.lastSweptAt)}</td></tr>`;
  }
  return accountRow(account, depth);
}

function accountRow(
  { name, account, ou, mode, report, lastSweptAt }: AccountRead,
  depth: string,
): Markup {
  const { alias, totals, rootMfa, at } = report;
  const also = alias === null || alias === name ? account : `${account} · ${alias}`;
  const root =
    rootMfa === false
      ? html`<span class="mark" data-state="unprotected">no MFA</span>`
      : html`${rootMfa ? 'MFA' : '–'}`;
  return html`<tr><th scope="row" class="${depth}"><a href="#users" data-account="${account}">${name}</a> <small>${also}</small>${unitsOf(ou)}</th>${numbers(totals)}<td>${root}</td><td>${mode}</td><td>${minute(at)}${swept(lastSweptAt)}</td></tr>`;
}

function numbers(totals: SweepTotals): Markup {
  const cells = states.map(({ state, total }) => {
    const value = totals[total];
    const loud = value > 0 && (state === 'unprotected' || state === 'blocked');
    return loud
      ? html`<td class="number"><span class="mark" data-state="${state}" title="${labels[state]}">${count(value)}</span></td>`
      : html`<td class="number">${count(value)}</td>`;
  });
  return html`${cells}`;
}

function unitText(read: number, notRead: number): string {
  const all = read + notRead;
  const accounts = `${count(all)} account${all === 1 ? '' : 's'}`;
  return notRead === 0 ? accounts : `${accounts}, ${count(notRead)} not read`;
}

function swept(at: string | null): Markup | [] {
  return at === null ? [] : html` <small>last sweep ${minute(at)}</small>`;
}

/** The accounts that could not be read, at the top of the page; nothing where all could be read. */
export function notReadSection(
  accounts: readonly AccountNotRead[],
  { counts }: OrganizationReport,
): Markup | [] {
  if (accounts.length === 0) return [];
  const all = counts.read + counts.notRead;
  return html`<section class="blind" aria-labelledby="blind-heading">
<h2 id="blind-heading" class="mark" data-severity="severe">${count(accounts.length)} of ${count(all)} accounts could not be read</h2>
<p>Nothing is known about their users: no number on this page counts them.</p>
<ul role="list">
${accounts.map(
  ({ name, account, ou, problem, at, lastSweptAt }) => html`<li><div><strong>${name}</strong>
<span class="place">${[account, ...ou].join(' · ')}</span></div>
<div><p>${sentence(problem.text)}</p>
<p class="when">Tried ${minute(at)}${lastSweptAt === null ? '' : `, last nightly sweep ${minute(lastSweptAt)}`}</p></div></li>`,
)}
</ul>
</section>`;
}

function sentence(text: string): string {
  const end = /[.?!)]$/.test(text) ? '' : '.';
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${end}`;
}
