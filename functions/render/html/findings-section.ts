import type { ReportedUser } from '../../../events/report.ts';
import type { Finding } from '../report/attention.ts';
import { controlsText, findingControls } from '../report/controls.ts';
import { count } from '../report/text.ts';
import { html, type Markup } from './markup.ts';
import type { Row } from './rows.ts';

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
${findings.length === 0 ? (whole ? nothing : nothingRead) : html`<div class="findings">${findings.map((finding) => findingArticle(finding, linked))}</div>`}
</section>`;
}

const nothing = html`<p class="nothing"><strong class="mark" data-state="protected">Nothing needs attention.</strong>
No user is unprotected, the root user has MFA, no exempt user can sign in with a password alone, and no exemption
has ended or has an invalid end date.</p>`;

const nothingRead = html`<p class="nothing">Nothing in the accounts that could be read. Nothing is known about the others.</p>`;

function findingArticle(finding: Finding, rows: ReadonlyMap<ReportedUser, Row>): Markup {
  const { id, severe, title, what, todo, users } = finding;
  const controls = findingControls(finding);
  return html`<article class="finding" aria-labelledby="finding-${id}">
<h3 id="finding-${id}" class="mark" data-severity="${severe ? 'severe' : 'notice'}">${title}</h3>
${users.length === 0 ? [] : peopleList(users, rows)}
<p>${what}</p>
<p><strong>What to do:</strong> ${todo}</p>
${controls.length === 0 ? [] : html`<p class="standards">${controlsText(controls)}</p>`}
</article>`;
}

function peopleList(users: readonly ReportedUser[], rows: ReadonlyMap<ReportedUser, Row>): Markup {
  const more = users.length - NAMED;
  return html`<ul class="people" role="list">
${users
  .slice(0, NAMED)
  .map(
    (user) =>
      html`<li><a href="#${rows.get(user)?.id ?? 'users'}">${user.name}</a>${inAccount(rows.get(user))}</li>`,
  )}
${more > 0 ? html`<li>and ${count(more)} more, among the first rows of <a href="#users">the table</a></li>` : []}
</ul>`;
}

function inAccount(row: Row | undefined): string {
  return row?.account === undefined ? '' : ` in ${row.account.name}`;
}
