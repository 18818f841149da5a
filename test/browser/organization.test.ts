import axe from 'axe-core';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import type { OrganizationReport } from '../../events/organization-report.ts';
import { organizationHtml as pageOf } from '../../functions/render/html/organization-page.ts';
import {
  blockedUser,
  exemptUser,
  reportedUser,
  reportOf,
  reportOfEveryKind,
  unprotectedUser,
} from '../fakes/html-report.ts';
import { accountNotRead, accountRead, organizationOf } from '../fakes/organization-report.ts';
import { startChromium } from './chromium.ts';
import { openPage } from './report-page.ts';

const started = await startChromium();
afterAll(() => started?.close());

const organizationHtml = (report: OrganizationReport) => pageOf(report, { version: '0.1.0' });
const SHOP = '222233334444';
const shop = reportOf([unprotectedUser('sam'), blockedUser('dana'), reportedUser('olga')], {
  account: SHOP,
  alias: 'acme-shop',
});
const troubled = organizationOf([
  accountRead('Management', reportOfEveryKind()),
  accountNotRead('Sandbox', '444455556666', { ou: ['Sandboxes'] }),
  accountRead('Shop', shop, {
    ou: ['Workloads', 'Prod'],
    mode: 'observe',
    lastSweptAt: '2026-03-01T03:05:00.000Z',
  }),
]);
const clean = organizationOf([accountRead('Management', reportOf([reportedUser('olga')]))]);
const blind = organizationOf([accountNotRead('Sandbox', '444455556666')]);

interface AxeResults {
  readonly violations: readonly { readonly id: string }[];
  readonly passes: readonly { readonly id: string }[];
}

describe.skipIf(started === null)('the page of an organization, in Chromium', () => {
  const browser = started as Browser;
  const open = (report: OrganizationReport = troubled, options: BrowserContextOptions = {}) =>
    openPage(browser, organizationHtml(report), options);

  const looks = [
    { name: 'light', options: { colorScheme: 'light' } },
    { name: 'dark', options: { colorScheme: 'dark' } },
    { name: 'narrow', options: { viewport: { width: 360, height: 740 } } },
    { name: 'in between', options: { viewport: { width: 800, height: 900 } } },
    { name: 'nothing to report', options: {}, report: clean },
    { name: 'nothing that could be read', options: {}, report: blind },
  ] as const;
  it.each(looks)('has no finding of axe-core: $name', async ({ options, ...look }) => {
    const report = 'report' in look ? look.report : troubled;
    await using opened = await open(report, { ...options, bypassCSP: true });
    expect(opened.problems).toEqual([]);
    await opened.page.evaluate(axe.source);
    const { violations, passes } = (await opened.page.evaluate('axe.run()')) as AxeResults;
    expect(violations).toEqual([]);
    expect(passes.map(({ id }) => id)).toContain('color-contrast');
  });

  it('shows accounts that could not be read first, in red', async () => {
    await using opened = await open();
    const heading = opened.page.locator('main > section').first().locator('h2');
    expect(await heading.textContent()).toBe('1 of 3 accounts could not be read');
    const color = await opened.page.evaluate(
      `getComputedStyle(document.querySelector('main h2')).color`,
    );
    expect(color).toBe('rgb(180, 35, 24)');
    const row = opened.page.getByRole('row', { name: /^Sandbox/ }).last();
    expect(await row.textContent()).toContain('not read');
    expect(await row.textContent()).not.toMatch(/\b0\b/);
    expect(opened.problems).toEqual([]);
  });

  it('has totals by unit and account, with the time of each reading', async () => {
    await using opened = await open();
    const table = opened.page.getByRole('table', { name: 'Accounts' });
    const rows = await table.getByRole('row').allInnerTexts();
    const cells = rows.map((row) => row.split(/\s*[\t\n]\s*/).filter(Boolean));
    expect(cells.slice(1).map(([name, ...numbers]) => [name, ...numbers.slice(0, 3)])).toEqual([
      ['Management', '111122223333 · example', '2', '3'],
      ['Sandboxes', '1 account, 1 not read'],
      ['Sandbox', '444455556666', 'not read', 'tried 2026-03-01 12:00 UTC'],
      ['Workloads', '1', '1', '0'],
      ['Prod', '1', '1', '0'],
      ['Shop', `${SHOP} · acme-shop`, '1', '1'],
    ]);
    expect(rows.at(-1)).toContain('last sweep 2026-03-01 03:05 UTC');
    expect(rows.at(-1)).toContain('observe');
  });

  it('filters by account, with the control or with a click on the account’s name', async () => {
    await using opened = await open();
    const { page } = opened;
    expect(await opened.status()).toBe('14 of 14 users shown');
    await page.getByLabel('Account', { exact: true }).selectOption(SHOP);
    expect(await opened.names()).toEqual(['sam', 'dana', 'olga']);
    await page.getByRole('checkbox', { name: /^unprotected/ }).check();
    expect(await opened.names()).toEqual(['sam']);
    await page.getByRole('button', { name: 'Clear filters and order' }).click();
    expect(await opened.status()).toBe('14 of 14 users shown');
    await page.getByRole('link', { name: 'Shop' }).click();
    expect(await opened.status()).toBe('3 of 14 users shown');
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByText(`Filtered: account is Shop (${SHOP}).`).isVisible()).toBe(true);
    expect(opened.problems).toEqual([]);
  });

  it('sorts and finds accounts, without their units, and keeps both in the address', async () => {
    await using opened = await open();
    const { page } = opened;
    const table = page.getByRole('table', { name: 'Accounts' });
    const names = async () => {
      const heads = await table.locator('tbody tr:not([hidden]) th').allTextContents();
      return heads.map((text) => text.split(' ')[0]);
    };
    const inUnits = await names();
    await table.getByRole('button', { name: 'protected', exact: true }).click();
    expect(await names()).toEqual(['Shop', 'Management', 'Sandbox']);
    expect(await table.getByText('Workloads / Prod').isVisible()).toBe(true);
    await page.getByLabel('Find accounts').fill('prod');
    expect(await names()).toEqual(['Shop']);
    expect(await page.getByText('1 of 3 accounts shown').isVisible()).toBe(true);
    await page.reload();
    expect(await names()).toEqual(['Shop']);
    await page.getByRole('button', { name: 'Back to the organizational units' }).click();
    expect(await names()).toEqual(inUnits);
    expect(new URL(page.url()).hash).toBe('');
    expect(opened.problems).toEqual([]);
  });

  it('sorts by account', async () => {
    await using opened = await open();
    const button = opened.page
      .locator('#table')
      .getByRole('button', { name: 'Account', exact: true });
    await button.click();
    await button.click();
    expect((await opened.names()).slice(0, 3)).toEqual(['sam', 'dana', 'olga']);
  });

  it('fits windows from 320 px on', async () => {
    const name = 'an-account-name-as-long-as-they-are-without-a-space';
    const long = organizationOf([
      accountRead(name, shop, { ou: [name, name, name, name, name] }),
      accountNotRead(name, '444455556666', { ou: [name, name, name] }),
    ]);
    await using opened = await open(long);
    for (const width of [320, 390, 700, 930, 1280]) {
      await opened.page.setViewportSize({ width, height: 800 });
      expect(await opened.page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    }
  });

  it('shows hostile names as they are', async () => {
    const text = `</script><script>alert(1)</script>"><img src=x onerror=alert(2)>`;
    const hostile = organizationOf([
      accountRead(text, shop, { ou: [text] }),
      accountNotRead(text, '444455556666', { ou: [text], problem: { code: 'other', text } }),
    ]);
    await using opened = await open(hostile);
    expect(await opened.page.locator('img').count()).toBe(0);
    expect(await opened.page.locator('script').count()).toBe(1);
    expect(opened.problems).toEqual([]);
  });

  it('stays fast and small with 100 accounts of 50 users', async () => {
    const kinds = [unprotectedUser, blockedUser, exemptUser, reportedUser, reportedUser];
    const accounts = Array.from({ length: 100 }, (_, number) => {
      const users = Array.from({ length: 50 }, (__, index) =>
        (kinds[index % kinds.length] ?? reportedUser)(`user-${number}-${index}`),
      );
      const account = String(200000000000 + number);
      return accountRead(`account-${number}`, reportOf(users, { account }), {
        ou: ['Workloads', `Team ${number % 10}`],
      });
    });
    const report = organizationOf(
      accounts.toSorted((a, b) => a.ou.join().localeCompare(b.ou.join())),
    );
    const size = Buffer.byteLength(organizationHtml(report));
    process.stdout.write(`100 accounts × 50 users: ${(size / 1e6).toFixed(1)} MB\n`);
    expect(size).toBeLessThan(7e6);
    await using opened = await open(report);
    expect(await opened.status()).toBe('5,000 of 5,000 users shown');
    const actions = {
      filter: `const select = document.getElementById('account'); select.value = '200000000042'; select.dispatchEvent(new Event('change'))`,
      all: `document.getElementById('account').value = ''; document.getElementById('account').dispatchEvent(new Event('change'))`,
      sort: `document.querySelectorAll('#table thead button')[1].click()`,
    };
    for (const [name, action] of Object.entries(actions)) {
      const took = (await opened.page.evaluate(`(async () => {
        const start = performance.now();
        ${action};
        document.body.offsetHeight;
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        return performance.now() - start;
      })()`)) as number;
      process.stdout.write(`${name}: ${took.toFixed(0)} ms\n`);
      // About 0.3 s on an idle machine.
      expect(took, name).toBeLessThan(4000);
    }
  });

  it('lists only as many users as a browser can show, and states their total number', async () => {
    const users = Array.from({ length: 16_000 }, (_, index) => reportedUser(`user-${index}`));
    const account = reportOf([...users, unprotectedUser('dana')]);
    const page = organizationHtml(organizationOf([accountRead('Big', account)]));
    expect(Buffer.byteLength(page)).toBeLessThan(10e6);
    expect(page).toContain('Only the first 8,000 of 16,001 users are listed here');
    expect(page).toContain('>dana</th>');
  });
});
