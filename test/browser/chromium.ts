import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';

/**
 * Starts Debian's Chromium, headless. Without it the tests are skipped with a message. With CI set they fail, since .ci/run
 * installs it.
 */
export async function startChromium(): Promise<Browser | null> {
  if (existsSync(CHROMIUM)) {
    return await chromium.launch({
      executablePath: CHROMIUM,
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
  }
  const problem = `there is no ${CHROMIUM}: apt-get install chromium`;
  if (process.env.CI) throw new Error(problem);
  process.stderr.write(`\nBROWSER TESTS SKIPPED: ${problem}\n\n`);
  return null;
}
