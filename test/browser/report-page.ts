import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { Report } from '../../events/report.ts';
import { reportHtml } from '../../functions/render/html/page.ts';

/** A report, open in a browser. */
export interface ReportPage extends AsyncDisposable {
  readonly page: Page;
  /** Errors and warnings of the console, exceptions, dialogs, and requests that leave the file. */
  readonly problems: readonly string[];
  /** The names of the rows that are shown, in order. */
  names(): Promise<string[]>;
  /** The text of the live region. */
  status(): Promise<string>;
  /** aria-sort of the column headers. */
  sorted(): Promise<(string | null)[]>;
}

/** Opens a report from a file, as a person does. */
export function openReport(
  browser: Browser,
  report: Report,
  options: BrowserContextOptions = {},
): Promise<ReportPage> {
  return openPage(browser, reportHtml(report, { version: '0.1.0' }), options);
}

/** Opens a page with a table of users, from a file. */
export async function openPage(
  browser: Browser,
  html: string,
  options: BrowserContextOptions = {},
): Promise<ReportPage> {
  const folder = mkdtempSync(join(tmpdir(), 'report-'));
  const file = join(folder, 'report.html');
  writeFileSync(file, html);
  const address = pathToFileURL(file).href;

  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(message.text());
  });
  page.on('pageerror', ({ message }) => problems.push(message));
  page.on('request', (request) => {
    if (request.url() !== address) problems.push(`request: ${request.url()}`);
  });
  page.on('dialog', async (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  await page.goto(address);

  const shownRows = page.locator('#table tbody tr:not([hidden]) th');
  return {
    page,
    problems,
    names: async () => (await shownRows.allTextContents()).map((text) => text.split(' ')[0] ?? ''),
    status: async () => (await page.locator('#shown').textContent()) ?? '',
    sorted: async () =>
      await Promise.all(
        (await page.locator('#table thead th').all()).map((header) =>
          header.getAttribute('aria-sort'),
        ),
      ),
    [Symbol.asyncDispose]: async () => {
      await context.close();
      rmSync(folder, { recursive: true });
    },
  };
}
