import axe from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { mailsOfEveryKind } from '../fakes/mails.ts';
import { startChromium } from './chromium.ts';
import { openPage } from './report-page.ts';

const started = await startChromium();
afterAll(() => started?.close());

const LONG = 'a-name-as-long-as-iam-lets-it-be-which-is-sixty-four-chars-long-';

interface AxeResults {
  readonly violations: readonly { readonly id: string }[];
  readonly passes: readonly { readonly id: string }[];
}

describe.skipIf(started === null)('a mail, in Chromium', () => {
  const browser = started as Browser;

  it.each(['light', 'dark'] as const)('is readable and loads nothing: %s', async (colorScheme) => {
    for (const [name, { html }] of mailsOfEveryKind()) {
      await using opened = await openPage(browser, html, { colorScheme });
      const { page } = opened;
      await page.evaluate(axe.source);
      // The mail has no colours of its own, and axe takes a page without a background for white.
      await page.evaluate(`document.body.style.background = 'Canvas'`);
      const wcag = `axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] })`;
      const { violations, passes } = (await page.evaluate(wcag)) as AxeResults;
      expect(violations, name).toEqual([]);
      const seen = passes.map(({ id }) => id);
      expect(seen).toEqual(expect.arrayContaining(['color-contrast', 'document-title']));
      expect(opened.problems).toEqual([]);
      const canvas = `getComputedStyle(document.body).color`;
      expect(await page.evaluate(canvas)).toBe(
        colorScheme === 'dark' ? 'rgb(255, 255, 255)' : 'rgb(0, 0, 0)',
      );
    }
  });

  it('fits windows from 320 px on, with the longest name', async () => {
    for (const [, { html }] of mailsOfEveryKind({ user: LONG })) {
      await using opened = await openPage(browser, html);
      for (const width of [320, 390, 720]) {
        await opened.page.setViewportSize({ width, height: 800 });
        expect(await opened.page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      }
    }
  });
});
