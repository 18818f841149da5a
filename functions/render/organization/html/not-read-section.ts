import type { AccountNotRead, OrganizationReport } from '../../../../events/organization-report.ts';
import { count, minute } from '../../html/format.ts';
import { html, type Markup } from '../../html/markup.ts';

/** What could not be read, before everything else; nothing where everything could be. */
export function notReadSection(
  accounts: readonly AccountNotRead[],
  { counts }: OrganizationReport,
): Markup | [] {
  if (accounts.length === 0) return [];
  const all = counts.read + counts.notRead;
  return html`<section class="blind" aria-labelledby="blind-heading">
<h2 id="blind-heading" class="mark" data-severity="severe">${count(accounts.length)} of ${count(all)} accounts could not be read</h2>
<p>Nothing is known of their users: no number on this page counts them.</p>
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
