import type { ReportedUser } from '../../../events/report.ts';
import type { Finding } from './findings.ts';
import { count } from './format.ts';
import { html, type Markup } from './markup.ts';
import { type Row, since, why } from './users-section.ts';

/** How many users a finding names. The others are among the first rows of the table. */
const NAMED = 8;

/**
 * The findings that need a person, and what to do about each.
 * @param findings what was found
 * @param rows the rows of the table, which the findings link to
 * @param whole everything could be read, so that "nothing needs attention" may be said where there is no finding
 */
export function findingsSection(
  findings: readonly Finding[],
  rows: readonly Row[],
  whole = true,
): Markup {
  const linked = new Map(rows.map((row) => [row.user, row]));
  return html`<section class="attention" aria-labelledby="attention-heading">
<h2 id="attention-heading">Needs attention</h2>
${findings.length === 0 ? (whole ? nothing : nothingRead) : findings.map((finding) => findingArticle(finding, linked))}
</section>`;
}

const nothing = html`<p class="nothing"><strong class="mark" data-state="protected">Nothing needs attention.</strong>
No user is unprotected, the root user has MFA, no exempt user can sign in with a password alone, and no exemption
has ended or has an invalid end date.</p>`;

const nothingRead = html`<p class="nothing">Nothing in the accounts that could be read. Nothing is known about the others.</p>`;

function findingArticle(
  { id, severe, title, what, todo, users }: Finding,
  rows: ReadonlyMap<ReportedUser, Row>,
): Markup {
  return html`<article class="finding" aria-labelledby="finding-${id}">
<div class="advice${users.length === 0 ? ' alone' : ''}">
<h3 id="finding-${id}" class="mark" data-severity="${severe ? 'severe' : 'notice'}">${title}</h3>
<p>${what}</p>
<p><strong>What to do:</strong> ${todo}</p>
</div>
${users.length === 0 ? [] : peopleList(users, rows)}
</article>`;
}

function peopleList(users: readonly ReportedUser[], rows: ReadonlyMap<ReportedUser, Row>): Markup {
  const more = users.length - NAMED;
  return html`<ul class="people" role="list">
${users.slice(0, NAMED).map(
  (user) => html`<li><a href="#${rows.get(user)?.id ?? 'users'}">${user.name}</a>
<span class="since">${inAccount(rows.get(user))}user since ${since(user)}</span>
<span class="why">${why(user)}</span></li>`,
)}
${more > 0 ? html`<li class="more">and ${count(more)} more, among the first rows of <a href="#users">the table</a></li>` : []}
</ul>`;
}

function inAccount(row: Row | undefined): string {
  return row?.account === undefined ? '' : `in ${row.account.name}, `;
}
