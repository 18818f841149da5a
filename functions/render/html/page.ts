import type { Report } from '../../../events/report.ts';
import { htmlDocument } from './document.ts';
import { type Finding, findingsOf } from './findings.ts';
import { findingsSection } from './findings-section.ts';
import { count, day, minute, sourceOnPage, users } from './format.ts';
import { html, type Markup } from './markup.ts';
import { style } from './style.ts';
import { totalsPicture } from './totals-picture.ts';
import { rowsOf, usersSection } from './users-section.ts';

/**
 * A report as one HTML file that needs no network and no other file, and no script to be read or printed.
 * @returns the page; the same report gives the same bytes
 */
export function reportHtml(report: Report): string {
  const { account, alias, at, totals } = report;
  const findings = findingsOf(report);
  const rows = rowsOf(report.users, findings);
  const name = alias ?? account;
  const body = html`<a class="skip" href="#users">Skip to the users</a>
<header>
<p class="eyebrow">MFA report</p>
<h1>${name}</h1>
${facts(report)}
</header>
<main>
<section class="glance" aria-labelledby="glance-heading">
<h2 id="glance-heading" class="verdict">${verdict(report, findings)}</h2>
${totalsPicture(totals)}
</section>
${findingsSection(findings, rows)}
${usersSection(rows, totals)}
</main>
<footer>
<p>“User since” is the day the user was created. IAM does not record how long a user has been without MFA.</p>
<p>Written by mfa-enforcer from the IAM data of account ${account}, read ${minute(at)}. This page loads nothing from the
network.</p>
</footer>`;
  return htmlDocument(`MFA report of ${name}, ${day(at)}`, style, body);
}

function facts({ account, alias, at, rootMfa, decidedBy, settingsFrom }: Report): Markup {
  return html`<dl class="facts">
<div><dt>Account</dt><dd>${account}</dd></div>
<div><dt>Alias</dt><dd>${alias ?? 'none'}</dd></div>
<div><dt>Read</dt><dd><time datetime="${at}">${minute(at)}</time></dd></div>
<div><dt>Root user</dt><dd class="mark" data-state="${rootMfa === false ? 'unprotected' : 'protected'}">${rootText(rootMfa)}</dd></div>
<div><dt>Tool</dt><dd>mfa-enforcer</dd></div>
<div><dt>Settings</dt><dd>${decidedBy}</dd></div>
<div><dt>Settings from</dt><dd>${sourceOnPage(settingsFrom)}</dd></div>
</dl>`;
}

function rootText(rootMfa: boolean | null): string {
  if (rootMfa === null) return 'cannot sign in';
  return rootMfa ? 'has MFA' : 'no MFA';
}

/** The summary of the page in a sentence. */
function verdict({ totals, rootMfa }: Report, findings: readonly Finding[]): string {
  const { unprotected, users: all } = totals;
  const root = rootMfa === false ? ' The root user has no MFA.' : '';
  if (all === 0) return `This account has no IAM users.${root}`;
  if (unprotected > 0) {
    return `${count(unprotected)} of ${users(all)} ${unprotected === 1 ? 'is' : 'are'} unprotected.${root}`;
  }
  const none = all === 1 ? 'The only user is not' : `None of ${users(all)} is`;
  const rest = findings.length > 0 && rootMfa !== false ? ' Some need attention.' : root;
  return `${none} unprotected.${rest}`;
}
