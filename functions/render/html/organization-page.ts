import type { OrganizationReport } from '../../../events/organization-report.ts';
import { organizationFindingsOnPage } from '../report/attention.ts';
import { notReadIn, readIn } from '../report/findings.ts';
import { organizationSourceLines } from '../report/source-lines.ts';
import { accountText, count, day, minute } from '../report/text.ts';
import { htmlDocument } from './document.ts';
import { findingsSection } from './findings-section.ts';
import { sourceOnPage, users as usersText } from './format.ts';
import { html, type Markup } from './markup.ts';
import { accountsSection, notReadSection } from './organization-accounts-section.ts';
import { organizationStyle } from './organization-style.ts';
import { type PageContext, SINCE } from './page.ts';
import { rowsOf } from './rows.ts';
import { style } from './style.ts';
import { totalsPicture } from './totals-picture.ts';
import { trendSection } from './trend.ts';
import { usersSection } from './users-section.ts';

// About 9 MB. No browser shows more rows well, and no one reads them.
const MOST_ROWS = 8000;

/**
 * An organization's report as one HTML file that needs no network and no other file, and no script to be read or
 * printed.
 * @returns the page; the same report gives the same bytes
 */
export function organizationHtml(
  report: OrganizationReport,
  { version, history = [] }: PageContext,
): string {
  const { organization, at, totals } = report;
  const read = readIn(report);
  const notRead = notReadIn(report);
  const users = read.flatMap((account) =>
    account.report.users.map((user) => ({ user, report: account.report, account })),
  );
  const findings = organizationFindingsOnPage(
    read,
    users.map(({ user }) => user),
  );
  const rows = rowsOf(users, findings);
  const listed = rows.slice(0, MOST_ROWS);
  const body = html`<a class="skip" href="#users">Skip to the users</a>
<header>
<p class="eyebrow">MFA report of an organization</p>
<h1>${organization}</h1>
${facts(report, version)}
</header>
<main>
${notReadSection(notRead, report)}
<section class="glance" aria-labelledby="glance-heading">
<h2 id="glance-heading" class="verdict">${verdict(report, findings.length > 0)}</h2>
${read.length === 0 ? [] : totalsPicture(totals)}
</section>
${read.length === 0 ? [] : findingsSection(findings, listed, notRead.length === 0)}
${trendSection(history)}
${accountsSection(report.accounts)}
${usersSection({ rows: listed, totals, sources: organizationSourceLines(read), accounts: read })}
${listed.length < rows.length ? cut(listed.length, rows.length) : []}
</main>
<footer>
<p>${SINCE}</p>
<p>Written by mfa-enforcer ${version} from the data of IAM and AWS Organizations, read from ${minute(at)} on; the table of accounts
says when each account was read. This page loads nothing from the network.</p>
</footer>`;
  const styles = style + organizationStyle;
  return htmlDocument(`MFA report of ${organization}, ${day(at)}`, styles, body);
}

function facts(
  {
    counts,
    managementAccount,
    accounts,
    at,
    finishedAt,
    decidedBy,
    settingsFrom,
  }: OrganizationReport,
  version: string,
): Markup {
  const manager = accounts.find(({ account }) => account === managementAccount);
  const { read, notRead, leftOut } = counts;
  const others = leftOut === 0 ? '' : `, ${count(leftOut)} more not selected`;
  return html`<dl class="facts">
<div><dt>Accounts read</dt><dd>${count(read)} of ${count(read + notRead)}${others}</dd></div>
<div><dt>Management account</dt><dd>${manager ? accountText(manager) : managementAccount}</dd></div>
<div><dt>Read</dt><dd><time datetime="${at}">${minute(at)}</time> to <time datetime="${finishedAt}">${minute(finishedAt)}</time></dd></div>
<div><dt>Tool</dt><dd>mfa-enforcer ${version}</dd></div>
<div><dt>Settings</dt><dd>${decidedBy}; each account’s own mode</dd></div>
<div><dt>Settings from</dt><dd>${sourceOnPage(settingsFrom)}</dd></div>
</dl>`;
}

/** The summary of the page in a sentence. It counts only the accounts that were read, and says so. */
function verdict({ totals, counts, accounts }: OrganizationReport, attention: boolean): string {
  const { unprotected, users: all } = totals;
  const where = `in ${accountsText(counts.read)}${counts.notRead > 0 ? ' that could be read' : ''}`;
  if (counts.read === 0) return 'No account could be read.';
  const roots = accounts.filter(
    (one) => one.status === 'read' && one.report.rootMfa === false,
  ).length;
  const root =
    roots === 0 ? '' : ` ${accountsText(roots)} ${roots === 1 ? 'has' : 'have'} no MFA for root.`;
  if (unprotected > 0) {
    return `${count(unprotected)} of ${usersText(all)} ${where} ${unprotected === 1 ? 'is' : 'are'} unprotected.${root}`;
  }
  if (all === 0) return `There are no IAM users ${where}.${root}`;
  const rest = root === '' && attention ? ' Some need attention.' : root;
  return `None of ${usersText(all)} ${where} is unprotected.${rest}`;
}

function accountsText(value: number): string {
  return `${count(value)} account${value === 1 ? '' : 's'}`;
}

function cut(listed: number, all: number): Markup {
  return html`<p class="cut">Only the first ${count(listed)} of ${usersText(all)} are listed here: first the users who need attention, then
those without MFA. The CSV and the JSON reports have all users.</p>`;
}
