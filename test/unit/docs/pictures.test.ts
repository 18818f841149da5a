import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HASHES_FILE, hashOf, screens } from '../../pictures/screens.ts';
import { slackHtml } from '../../pictures/slack-html.ts';

describe('the screenshots in docs/pictures/', () => {
  it('show what the commands print now', async () => {
    const now = Object.fromEntries((await screens()).map((one) => [one.file, hashOf(one)]));
    const taken: unknown = JSON.parse(readFileSync(HASHES_FILE, 'utf8'));
    expect(taken, 'a picture is stale: run npm run pictures, and look at it').toEqual(now);
  });

  it('have the same source each time', async () => {
    expect(await screens()).toEqual(await screens());
  });
});

describe('the picture of a Slack message', () => {
  const picture = (text: string) =>
    slackHtml(
      {
        text: '',
        blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }],
        mrkdwn: false,
        unfurl_links: false,
        unfurl_media: false,
      },
      { app: 'app', time: 'now' },
      { U1: 'dana' },
    );

  it('shows markup as Slack does', () => {
    expect(picture('*a* `*b* &lt;` <https://x.y/|c> <@U1>\nd')).toContain(
      '<b>a</b> <code>*b* &lt;</code> <a href="https://x.y/">c</a> <span class="mention">@dana</span><br>d',
    );
    expect(picture('<!date^1795316642^{date} {time}|22 Nov 03:04 UTC>')).toContain(
      '>22 Nov 03:04 UTC<',
    );
    expect(picture('```aws\niam```')).toContain('<pre>aws\niam</pre>');
  });

  it.each(['🦄', '<@U2>'])('refuses what it cannot show: %s', (text) => {
    expect(() => picture(text)).toThrow('no ');
  });
});
