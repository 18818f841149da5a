import { describe, expect, it } from 'vitest';
import type { HistoryLine } from '../../../events/history.ts';
import { organizationHtml } from '../../../functions/render/html/organization-page.ts';
import { reportHtml } from '../../../functions/render/html/page.ts';
import { historyOf, reportOf } from '../../fakes/html-report.ts';
import { mixedOrganization } from '../../fakes/organization-report.ts';

const page = (history: readonly HistoryLine[]) =>
  reportHtml(reportOf([]), { version: '0.1.0', history });
const curveOf = (html: string, name: string) =>
  new RegExp(`data-curve="${name}" d="(M0 [^H"]*L[^"]*)"`).exec(html)?.[1];

describe('the trend on a page', () => {
  const history = historyOf([
    [10, 0],
    [4, 6],
    [0, 5],
  ]);

  it('shows the users unprotected, blocked and without MFA over the time of the reports', () => {
    const html = page(history);
    expect(curveOf(html, 'unprotected')).toBe('M0 0L500 60L1000 100');
    expect(curveOf(html, 'blocked')).toBe('M0 100L500 40L1000 50');
    expect(curveOf(html, 'without-mfa')).toBe('M0 0L500 0L1000 50');
    const axis = [...html.matchAll(/<text[^>]*>([^<]*)/g)].map(([, text]) => text);
    expect(axis).toEqual(['10', '0', '2026-02-15', '2026-02-22', '2026-03-01']);
  });

  it('is said in words, and in a table', () => {
    const html = page(history);
    expect(html).toContain(
      'From 2026-02-15 to 2026-03-01: unprotected from 10 to 0, blocked from 0 to 5, without MFA from 10 to 5.',
    );
    expect(html).toContain('<th scope="row">2026-02-22</th><td>10</td>\n<td>6</td>\n<td>4</td>');
  });

  it('orders the reports by time', () => {
    expect(page(history.toReversed())).toBe(page(history));
  });

  it('says that reports without some accounts count too few users', () => {
    const [first, ...rest] = history;
    const html = page([{ ...(first as HistoryLine), notRead: 2 }, ...rest]);
    expect(html).toContain(
      'In 1 of 3 reports some accounts could not be read: their users are not counted.',
    );
    expect(page(history)).not.toContain('reports some accounts');
  });

  it.each([
    ['no history', []],
    ['one report', historyOf([[1, 0]])],
    ['reports of one moment', [...historyOf([[1, 0]]), ...historyOf([[1, 0]])]],
  ])('is not there with %s', (_, lines) => {
    expect(page(lines)).not.toContain('trend-heading');
  });

  it('lists the last 30 reports', () => {
    const html = page(historyOf(Array.from({ length: 31 }, () => [1, 1] as const)));
    expect(html).toContain('The numbers of the last 30 of 31 reports');
    expect(html.match(/<th scope="row">\d{4}-/g)).toHaveLength(30);
  });

  it('is on the page of an organization, too', () => {
    const html = organizationHtml(mixedOrganization(), { version: '0.1.0', history });
    expect(html).toContain('From 2026-02-15 to 2026-03-01');
  });
});
