import type { HistoryLine } from '../../../events/history.ts';
import type { Report } from '../../../events/report.ts';
import { partitionNamed } from '../../domain/rules/partition.ts';
import { iamUrl } from '../console-links.ts';
import { type Finding, findingsOf } from '../report/attention.ts';
import { sourceLines } from '../report/source-lines.ts';
import { count, day, minute } from '../report/text.ts';
import { htmlDocument } from './document.ts';
import { findingsSection } from './findings-section.ts';
import { sourceOnPage, users } from './format.ts';
import { html, type Markup } from './markup.ts';
import { rowsOf } from './rows.ts';
import { style } from './style.ts';
import { totalsPicture } from './totals-picture.ts';
import { trendSection } from './trend.ts';
import { usersSection } from './users-section.ts';

/** What a page has beside its report. */
export interface PageContext {
  /** The version of the tool. */
  readonly version: string;
  /** The earlier reports and this one, where `--history` keeps them. */
  readonly history?: readonly HistoryLine[];
}

/**
 * A report as one HTML file that needs no network and no other file, and no script to be read or printed.
 * @returns the page; the same report gives the same bytes
 */
export function reportHtml(report: Report, { version, history = [] }: PageContext): string {
  const { account, alias, at, totals } = report;
  const findings = findingsOf(report);
  const rows = rowsOf(
    report.users.map((user) => ({ user, report })),
    findings,
  );
  const name = alias ?? account;
  const body = html`<a class="skip" href="#users">Skip to the users</a>
<header>
<p class="eyebrow">MFA report</p>
<h1>${name}</h1>
${facts(report, version)}
</header>
<main>
<section class="glance" aria-labelledby="glance-heading">
<h2 id="glance-heading" class="verdict">${verdict(report, findings)}</h2>
${totalsPicture(totals)}
</section>
${findingsSection(findings, rows)}
${trendSection(history)}
${usersSection({ rows, totals, sources: sourceLines(report) })}
</main>
<footer>
<p>${SINCE}</p>
<p>Written by mfa-enforcer ${version} from the IAM data of account ${account}, read ${minute(at)}. This page loads nothing from the
network.</p>
</footer>`;
  const title = alias === null ? account : `${alias} (${account})`;
  return htmlDocument(`MFA report of ${title}, ${day(at)}`, style, body);
}

/** What the column says, and what nobody knows. */
export const SINCE =
  '“Since” is the day a blocked user was blocked, or a protected user’s first MFA device was enrolled. IAM does not record how long a user has been without MFA.';

function facts(
  { account, alias, partition, at, rootMfa, decidedBy, settingsFrom }: Report,
  version: string,
): Markup {
  return html`<dl class="facts">
<div><dt>Account</dt><dd>${account} <a href="${iamUrl(partitionNamed(partition), 'users')}">IAM console</a></dd></div>
<div><dt>Alias</dt><dd>${alias ?? 'none'}</dd></div>
<div><dt>Read</dt><dd><time datetime="${at}">${minute(at)}</time></dd></div>
<div><dt>Root user</dt><dd class="mark" data-state="${rootMfa === false ? 'unprotected' : 'protected'}">${rootText(rootMfa)}</dd></div>
<div><dt>Tool</dt><dd>mfa-enforcer ${version}</dd></div>
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
