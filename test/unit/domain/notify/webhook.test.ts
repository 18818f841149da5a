import { describe, expect, it } from 'vitest';
import { checkWebhook, isLoopback } from '../../../../functions/domain/notify/webhook.ts';

describe('the Slack webhook', () => {
  it.each([
    'https://hooks.slack.com/services/T/B/secret',
    'https://hooks.slack-gov.com/services/T/B/secret',
    '  https://hooks.slack.com/services/T/B/secret\n',
  ])('may be %j', (text) => {
    expect(checkWebhook(text, false).href).toBe(text.trim());
  });

  it.each([
    ['no URL', 'secret'],
    ['no URL', ''],
    ['no https URL', 'http://hooks.slack.com/services/T/B/secret'],
    ['a URL of another host than Slack’s', 'https://hooks.slack.com.evil.example/services/T/B/x'],
    ['a URL of another host than Slack’s', 'https://evil.example/hooks.slack.com/secret'],
    ['a URL of another host than Slack’s', 'https://acme.slack.com/archives/C0123'],
    ['a URL of another host than Slack’s', 'http://127.0.0.1:9/services/T/B/secret'],
    ...[':8443', ''].map((port) => [
      'a URL with a port, a user or a password',
      `https://${port === '' ? 'me@' : ''}hooks.slack.com${port}/services/T/B/secret`,
    ]),
    ['a URL with a port, a user or a password', 'https://:me@hooks.slack.com/services/T/B/secret'],
    ['a workflow’s trigger (/triggers/…)', 'https://hooks.slack.com/triggers/T0/123/secret'],
    ['a workflow’s webhook (/workflows/…)', 'https://hooks.slack-gov.com/workflows/T0/A/1/secret'],
    ['another URL of Slack’s', 'https://hooks.slack.com/actions/T0/1/secret'],
    ['another URL of Slack’s', 'https://hooks.slack.com/x/services/T/B/secret'],
    ...['services', 'services/', 'services/T/B', 'services/T/B/', 'services/T/B/sec%20ret'].map(
      (path) => [
        path === 'services'
          ? 'another URL of Slack’s'
          : 'an incoming webhook that is cut off or damaged',
        `https://hooks.slack.com/${path}`,
      ],
    ),
    ['an incoming webhook that is cut off or damaged', 'https://hooks.slack.com/services/T/B/a/b'],
    ['an incoming webhook that is cut off or damaged', 'https://hooks.slack.com/services/T/B/a?b'],
    ['an incoming webhook that is cut off or damaged', 'https://hooks.slack.com/services/T/B/a#b'],
    ['a URL of another host than Slack’s', 'https://hooks.slack.com./services/T/B/secret'],
    ['a URL of another host than Slack’s', 'https://hooks-slack.com/services/T/B/secret'],
    [
      'an incoming webhook that is cut off or damaged',
      'https://hooks.slack.com/services/%20/services/T/B/secret',
    ],
  ])('may not be %s, and is not repeated in the error: %s', (what, text) => {
    expect(() => checkWebhook(text, false)).toThrow(
      new Error(
        `The Slack webhook is ${what}: it must be an incoming webhook, https://hooks.slack.com/services/… or https://hooks.slack-gov.com/services/…`,
      ),
    );
  });

  it.each([
    ['http://127.0.0.1:9/x', true],
    ['http://127.8.9.1/x', true],
    ['http://127.100.100.100/x', true],
    ['http://localhost:9/x', true],
    ['http://notlocalhost/x', false],
    ['http://localhost.evil.example/x', false],
    ['http://[::1]:9/x', true],
    ['http://127.0.0.1.evil.example/x', false],
    ['http://10.0.0.1/x', false],
    ['http://evil.example/127.0.0.1', false],
  ])('on loopback, in the local run only: %s', (text, allowed) => {
    expect(isLoopback(new URL(text))).toBe(allowed);
    if (allowed) expect(checkWebhook(text, true).href).toBe(text);
    else expect(() => checkWebhook(text, true)).toThrow();
  });
});
