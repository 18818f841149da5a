import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { securityCredentialsUrl, signInUrl } from '../../../functions/render/console-links.ts';
import { slackMessage } from '../../../functions/render/slack/kinds.ts';
import { blocked } from '../../fakes/outcomes.ts';
import { context } from '../../fakes/slack-around.ts';

const page = readFileSync('docs/blocked-user.md', 'utf8').replaceAll(/\s+/g, ' ');
const [, toSend = ''] = /```text (.*?) ```/.exec(page) ?? [];

const { blocks } = slackMessage(blocked(), { ...context, enrolWith: 'console-and-keys' });
const texts = JSON.stringify(blocks);
const [, steps = ''] = /What to do now, if this is you\*(.*?)"/.exec(texts) ?? [];
/** What the console calls the things that a step is about. */
const labels = [...steps.matchAll(/\|([^>]+)>|\*([^*]+)\*/g)].map(
  ([, link, bold = '']) => link ?? bold,
);

describe('docs/blocked-user.md', () => {
  it('sends people the steps of the Slack message', () => {
    expect(labels.length).toBeGreaterThan(4);
    for (const label of labels) expect(toSend.toLowerCase()).toContain(label.toLowerCase());
  });

  it('has the commands of the Slack message', () => {
    const commands = [...new Set(texts.match(/aws (?:iam|sts) [a-z-]+/g))];
    expect(commands).toContain('aws iam enable-mfa-device');
    for (const command of commands) {
      if (command !== 'aws iam tag-user') expect(page).toContain(command);
    }
  });

  it('has the addresses of the console', () => {
    expect(toSend).toContain(signInUrl('aws', '111122223333', null));
    expect(toSend).toContain(securityCredentialsUrl('aws'));
  });
});
