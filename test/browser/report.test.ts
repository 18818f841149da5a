import { readFile } from 'node:fs/promises';
import axe from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import type { Report } from '../../events/report.ts';
import { csv } from '../../functions/render/report/csv.ts';
import {
  blockedUser,
  reportedUser,
  reportOf,
  reportOfCompany,
  reportOfEveryKind,
  unprotectedUser,
} from '../fakes/html-report.ts';
import { startChromium } from './chromium.ts';
import { openReport } from './report-page.ts';

const started = await startChromium();
afterAll(() => started?.close());

interface AxeResults {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly unknown[] }[];
  readonly passes: readonly { readonly id: string }[];
}

/** Measures in the page how many ms an action takes until it is laid out and painted. */
const timed = (action: string) => `(async () => {
  const start = performance.now();
  ${action};
  document.body.offsetHeight;
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - start;
})()`;

const columns = [
  'User',
  'State',
  'Password',
  'Access keys',
  'MFA',
  'Since',
  'Exempt until',
  'Note',
];
const headerOf = (name: string) => ({ name, exact: true });

describe.skipIf(started === null)('the HTML report, in Chromium', () => {
  const browser = started as Browser;
  const every = reportOfEveryKind();
  const open = (report: Report = every, options = {}) => openReport(browser, report, options);

  it('writes nothing to the console, and loads no other file', async () => {
    await using opened = await open();
    await opened.page.waitForLoadState('load');
    expect(await opened.status()).toBe('11 of 11 users shown');
    expect(opened.problems).toEqual([]);
  });

  it('runs no style or script but its own', async () => {
    await using opened = await open();
    const ran = await opened.page.evaluate(`(async () => {
      const attempts = {
        script: () => {
          const element = document.createElement('script');
          element.append('window.ran = true');
          document.body.append(element);
        },
        handler: () => document.body.setAttribute('onclick', 'window.ran = true'),
        markup: () => { document.body.innerHTML = '<p>gone</p>'; },
        style: () => document.body.setAttribute('style', 'display: none'),
      };
      for (const attempt of Object.values(attempts)) try { attempt(); } catch {}
      document.body.click();
      const fetched = await fetch('https://example.com/').then(() => true, () => false);
      const visible = getComputedStyle(document.body).display !== 'none';
      return { ran: 'ran' in window, fetched, visible, rows: document.querySelectorAll('tbody tr').length };
    })()`);
    expect(ran).toEqual({ ran: false, fetched: false, visible: true, rows: 11 });
    expect(opened.problems.filter((problem) => problem.startsWith('request:'))).toEqual([]);
  });

  it('shows hostile names and reasons as they are', async () => {
    const text = `</script><script>alert(1)</script>"><img src=x onerror=alert(2)>`;
    const reasons = [{ code: 'exemption-ended', text }];
    const users = [unprotectedUser('x', { name: text, arn: text, reasons })];
    await using opened = await open(reportOf(users, { alias: text }));
    expect(await opened.page.locator('tbody th').textContent()).toBe(text);
    expect(await opened.page.locator('tbody code').textContent()).toBe(text);
    expect(await opened.page.locator('h1').textContent()).toBe(text);
    expect(await opened.page.locator('img').count()).toBe(0);
    expect(await opened.page.locator('script').count()).toBe(1);
    expect(opened.problems).toEqual([]);
  });

  const looks = [
    { name: 'light', options: { colorScheme: 'light' } },
    { name: 'dark', options: { colorScheme: 'dark' } },
    { name: 'narrow', options: { viewport: { width: 360, height: 740 } } },
    {
      name: 'dark and in between',
      options: { colorScheme: 'dark', viewport: { width: 800, height: 900 } },
    },
    { name: 'without anything to report', options: {}, report: reportOf([]) },
  ];
  it.each(looks)('has no finding of axe-core: $name', async ({ options, report }) => {
    // axe is a script of the test, not of the page.
    await using opened = await open(report, { ...options, bypassCSP: true });
    expect(opened.problems).toEqual([]);
    await opened.page.evaluate(axe.source);
    const { violations, passes } = (await opened.page.evaluate('axe.run()')) as AxeResults;
    expect(violations).toEqual([]);
    expect(passes.map(({ id }) => id)).toContain('color-contrast');
  });

  it('has no finding of axe-core while filtered, sorted, and with no user shown', async () => {
    await using opened = await open(every, { bypassCSP: true });
    const { page } = opened;
    await page.evaluate(axe.source);
    await page.getByRole('button', headerOf('State')).click();
    await page.getByRole('checkbox', { name: /^exempt/ }).check();
    await page.getByRole('searchbox').fill('no user has this name');
    await expect.poll(opened.status).toBe('0 of 11 users shown');
    expect(await page.getByText('No user matches.').isVisible()).toBe(true);
    expect(((await page.evaluate('axe.run()')) as AxeResults).violations).toEqual([]);
  });

  it('is a table for a screen reader, wide and narrow', async () => {
    for (const width of [1280, 360]) {
      await using opened = await open(every, { viewport: { width, height: 800 } });
      const table = opened.page.getByRole('table', { name: /^Users who need attention first/ });
      expect(await table.getByRole('row').count()).toBe(12);
      expect(await table.getByRole('columnheader').count()).toBe(columns.length + 1);
      const dana = table
        .getByRole('row')
        .filter({ has: opened.page.getByRole('rowheader', { name: /^dana/ }) });
      const cells = await dana.getByRole('cell').allTextContents();
      expect(cells.slice(0, -1).filter(Boolean)).toEqual(['unprotected', 'never used', 'none']);
      expect(cells.at(-1)).toMatch(/^Details of danaarn:aws:/);
    }
  });

  it('fits windows from 320 px on', async () => {
    const long = 'a-name-as-long-as-iam-lets-it-be-which-is-sixty-four-chars-long-x';
    const users = [unprotectedUser(long), ...every.users];
    await using opened = await open(reportOf(users, { alias: long }));
    for (const width of [320, 360, 390, 700, 930, 1280]) {
      await opened.page.setViewportSize({ width, height: 800 });
      expect(await opened.page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    }
  });

  it('sorts by every column, up and down, and marks the order', async () => {
    const states = ['unprotected', 'blocked', 'exempt', 'out of scope', 'protected'];
    const keyOf = (name: string, text: string) => {
      if (name === 'State') return String(states.findIndex((state) => text.startsWith(state)));
      return text;
    };
    const { compare } = new Intl.Collator('en', { numeric: true });

    await using opened = await open();
    const { page } = opened;
    for (const [column, name] of columns.entries()) {
      const cells = page.locator(`tbody tr > :nth-child(${column + 1})`);
      const keys = async () => (await cells.allTextContents()).map((text) => keyOf(name, text));
      const sortedOnlyBy = (direction: string) => [
        ...columns.map((one) => (one === name ? direction : 'none')),
        null,
      ];

      await page.getByRole('button', headerOf(name)).click();
      const up = await keys();
      expect(up).toEqual(up.toSorted(compare));
      expect(new Set(up).size, name).toBeGreaterThan(1);
      expect(await opened.sorted()).toEqual(sortedOnlyBy('ascending'));
      expect(await page.locator('caption').textContent()).toContain(
        `Sorted by ${name}, ascending.`,
      );

      await page.getByRole('button', headerOf(name)).click();
      expect(await keys()).toEqual(up.toSorted((a, b) => compare(b, a)));
      expect(await opened.sorted()).toEqual(sortedOnlyBy('descending'));
    }
    expect(opened.problems).toEqual([]);
  });

  it('finds users by name, ARN and reason, and by several words', async () => {
    await using opened = await open();
    const { page } = opened;
    const finds = {
      dana: ['dana'],
      ERIN: ['erin'],
      ':user/alice': ['alice'],
      'not a date like': ['grafana'],
      'frank already': ['frank'],
    };
    const field = page.getByRole('searchbox', { name: 'Find users' });
    for (const [text, names] of Object.entries(finds)) {
      await field.fill(text);
      await expect.poll(opened.names).toEqual(names);
      expect(await opened.status()).toBe('1 of 11 users shown');
    }
    await field.fill('');
    await expect.poll(opened.status).toBe('11 of 11 users shown');
  });

  it('filters by one state, by several states, and by the need for attention', async () => {
    await using opened = await open();
    const box = (name: RegExp) => opened.page.getByRole('checkbox', { name });
    await box(/^unprotected/).check();
    expect(await opened.names()).toEqual(['dana', 'erin']);
    expect(await opened.status()).toBe('2 of 11 users shown');
    await box(/^blocked/).check();
    expect(await opened.status()).toBe('5 of 11 users shown');
    await box(/^needs attention/).check();
    expect(await opened.names()).toEqual(['dana', 'erin', 'grafana', 'nagios']);
    expect(opened.problems).toEqual([]);
  });

  it('returns to all users in the original order', async () => {
    await using opened = await open();
    const { page } = opened;
    const before = await opened.names();
    await page.getByRole('button', headerOf('User')).click();
    await page.getByRole('checkbox', { name: /^exempt/ }).check();
    await page.getByRole('button', { name: 'Clear filters and order' }).click();
    expect(await opened.names()).toEqual(before);
    expect(await opened.sorted()).toEqual([...columns.map(() => 'none'), null]);
    expect(await page.locator('#reset').isHidden()).toBe(true);
  });

  it('can be used with the keyboard alone', async () => {
    await using opened = await open();
    const { page } = opened;
    const focused = async () =>
      await page.evaluate('document.activeElement.id || document.activeElement.textContent');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Skip to the users');
    await page.keyboard.press('Enter');
    await expect.poll(focused).toBe('users');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('find');
    await page.keyboard.type('a');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await expect.poll(opened.names).toEqual(['dana', 'erin']);
    // The other four states, attention, and the buttons that save and that clear all filters.
    for (let step = 0; step < 7; step += 1) await page.keyboard.press('Tab');
    expect(await focused()).toBe('reset');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('User');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    expect(await opened.names()).toEqual(['erin', 'dana']);
    expect((await opened.sorted())[0]).toBe('descending');
    expect(await focused()).toBe('User');
    expect(opened.problems).toEqual([]);
  });

  it('links from a finding to its row, even if the row is filtered out', async () => {
    await using opened = await open();
    const { page } = opened;
    await page.getByRole('checkbox', { name: /^protected/ }).check();
    await page.getByRole('link', { name: 'jenkins' }).click();
    const row = page.locator('tbody tr:target');
    expect(await row.locator('th').textContent()).toContain('jenkins');
    expect(await row.isVisible()).toBe(true);
    expect(await opened.status()).toBe('11 of 11 users shown');
  });

  it('shows 79 users in less than 3,000 px, and breaks no name or date', async () => {
    await using opened = await open(reportOfCompany(79, { rootMfa: false }));
    const { page } = opened;
    expect(await page.evaluate('document.documentElement.scrollHeight')).toBeLessThan(3000);
    const heights = (await page.evaluate(
      `[...document.querySelectorAll('tbody tr')].map((row) => row.offsetHeight)`,
    )) as number[];
    expect(new Set(heights).size).toBe(1);
  });

  it('has everything about a user on demand, and copies the ARN', async () => {
    await using opened = await open(every, { permissions: ['clipboard-read', 'clipboard-write'] });
    const { page } = opened;
    const row = page.locator('tbody tr').filter({ hasText: 'backup' });
    expect(await row.locator('code').isVisible()).toBe(false);
    await row.locator('summary').click();
    await row.getByRole('button', { name: 'Copy' }).click();
    await row.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
      'arn:aws:iam::111122223333:user/backup',
    );
    const text = await row.locator('details').innerText();
    expect(text).toContain('key 1 active, last used 2026-02-28 22:10 UTC (s3, eu-central-1)');
    expect(text).toContain('Exemption: exempt by the tag userType=Service, until 2026-12-31');
    expect(await row.getByRole('link').getAttribute('href')).toBe(
      'https://console.aws.amazon.com/iam/home#/users/details/backup?section=security_credentials',
    );
    expect(text).toContain('sign in to account 111122223333 first');
    expect(opened.problems).toEqual([]);
  });

  it('keeps the filters and the order in the address', async () => {
    await using opened = await open();
    const { page } = opened;
    await page.getByRole('checkbox', { name: /^blocked/ }).check();
    await page.getByRole('checkbox', { name: /^protected/ }).check();
    await page.getByRole('searchbox').fill('a');
    await page.getByRole('button', headerOf('User')).click();
    await page.getByRole('button', headerOf('User')).click();
    await expect.poll(() => new URL(page.url()).hash).toContain('find=a');
    const shown = await opened.names();
    expect(shown[0]).toBe('nagios');
    await page.reload();
    expect(await opened.names()).toEqual(shown);
    expect((await opened.sorted())[0]).toBe('descending');
    await page.getByRole('button', { name: 'Clear filters and order' }).click();
    expect(new URL(page.url()).hash).toBe('');
    expect(await opened.status()).toBe('11 of 11 users shown');
  });

  it('saves the rows that are shown, in their order, as a CSV file without formulas', async () => {
    const name = '=1+1,"@A';
    const users = [unprotectedUser(name), unprotectedUser('+b'), reportedUser('olga')];
    await using opened = await open(reportOf(users));
    const { page } = opened;
    await page.getByRole('checkbox', { name: /^unprotected/ }).check();
    await page.getByRole('button', headerOf('User')).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save these rows as CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(
      'MFA report of example (111122223333), 2026-03-01.csv',
    );
    const saved = await readFile(await download.path(), 'utf8');
    const [head = '', ...rows] = saved.split('\r\n');
    expect(head).toBe([...columns, 'ARN'].join(','));
    expect(rows.at(-1)).toBe('');
    // The same first cells as --format csv has.
    const cellOf = (line: string) => /^("(?:[^"]|"")*"|[^,]*),/.exec(line)?.[1];
    const wanted = csv(reportOf(users.slice(0, 2)))
      .split('\r\n')
      .slice(1, -1)
      .map(cellOf);
    expect(rows.slice(0, -1).map(cellOf).toSorted()).toEqual(wanted.toSorted());
    expect(opened.problems.filter((one) => !one.startsWith('request: blob:'))).toEqual([]);
  });

  it('leaves no heading alone at the end of a page of paper', async () => {
    await using opened = await open();
    const { page } = opened;
    await page.emulateMedia({ media: 'print' });
    const of = (selector: string, property: string) =>
      page.evaluate(
        `[...document.querySelectorAll('${selector}')].map((one) => getComputedStyle(one)['${property}'])`,
      );
    for (const heading of ['h1', 'h2', 'h3', 'caption', '#shown', '.common']) {
      const within = heading === '#shown' ? '.status' : heading;
      expect(new Set((await of(within, 'breakAfter')) as string[]), heading).toEqual(
        new Set(['avoid']),
      );
    }
    for (const whole of ['.finding', 'tbody tr', '.glance', 'footer']) {
      expect(new Set((await of(whole, 'breakInside')) as string[]), whole).toEqual(
        new Set(['avoid']),
      );
    }
  });

  it('prints the shown users and the number of hidden ones, without controls', async () => {
    await using opened = await open();
    const { page } = opened;
    await page.getByRole('checkbox', { name: /^unprotected/ }).check();
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.locator('#controls').isHidden()).toBe(true);
    expect(await page.locator('tbody tr:visible').count()).toBe(2);
    expect(await page.getByText('2 of 11 users shown').isVisible()).toBe(true);
    expect(await page.getByText('Filtered: state is unprotected.').isVisible()).toBe(true);
    const paper = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(paper).toBe('rgb(255, 255, 255)');
  });

  it('is complete without JavaScript', async () => {
    await using opened = await open(every, { javaScriptEnabled: false });
    const { page } = opened;
    expect(await page.locator('tbody tr').count()).toBe(11);
    expect(await page.locator('tbody tr').last().isVisible()).toBe(true);
    expect(await page.getByRole('status').textContent()).toBe('11 users');
    expect(await page.getByRole('img', { name: /^Of 11 users: 2 unprotected/ }).isVisible()).toBe(
      true,
    );
    expect(await page.locator('input:visible, button:visible').count()).toBe(0);
  });

  it('stays usable with 5,000 users', async () => {
    const kinds = [unprotectedUser, blockedUser, reportedUser, reportedUser, reportedUser];
    const users = Array.from({ length: 5000 }, (_, index) =>
      (kinds[index % kinds.length] ?? reportedUser)(`person-${index}`),
    );
    await using opened = await open(reportOf(users));
    const { page } = opened;
    expect(await opened.status()).toBe('5,000 of 5,000 users shown');
    const actions = {
      ...Object.fromEntries(
        columns.map((name, column) => [
          `sort by ${name}`,
          `document.querySelectorAll('thead button')[${column}].click()`,
        ]),
      ),
      'filter on': `document.getElementsByName('state')[1].click()`,
      'filter off': `document.getElementsByName('state')[1].click()`,
    };
    for (const [name, action] of Object.entries(actions)) {
      const took = (await page.evaluate(timed(action))) as number;
      // About 0.3 s on an idle machine.
      expect(took, name).toBeLessThan(4000);
    }
    await page.getByRole('searchbox').fill('person-49');
    await expect.poll(opened.status, { timeout: 5000 }).toBe('111 of 5,000 users shown');
    expect(opened.problems).toEqual([]);
  });
});
