import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { startChromium } from '../browser/chromium.ts';
import { template } from '../fakes/template.ts';
import { EVENT_PICTURE, eventPicture } from './event.ts';
import { HASHES_FILE, hashOf, type Screen, screens, withVersion } from './screens.ts';

/** `npm run pictures`: the pictures of README, from the packaged template and from the outputs of the commands. */
mkdirSync('docs/pictures', { recursive: true });
writeFileSync(EVENT_PICTURE, eventPicture(template()));

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const all = await screens();
const browser = await startChromium();
if (browser === null) throw new Error('the screenshots need Chromium');
for (const screen of all) writeFileSync(screen.file, await screenshot(browser, screen));
await browser.close();
writeFileSync(
  HASHES_FILE,
  `${JSON.stringify(Object.fromEntries(all.map((one) => [one.file, hashOf(one)])), null, 2)}\n`,
);

async function screenshot(
  browser: Browser,
  { html, viewport, scale, isWhole }: Screen,
): Promise<Buffer> {
  const context = await browser.newContext({ viewport, deviceScaleFactor: scale });
  const page = await context.newPage();
  await page.setContent(withVersion(html, version));
  return await page.screenshot({ fullPage: isWhole });
}
