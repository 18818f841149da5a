import { describe, expect, it } from 'vitest';
import { checkWebhook, isLoopback } from '../../../functions/domain/notify/webhook.ts';
import { blockLimitOf } from '../../../functions/domain/rules/settings.ts';
import { addToTotals, noTotals, sumOfTotals } from '../../../functions/domain/rules/totals.ts';

describe('the block limit', () => {
  it.each([
    ['of an account whose first user is not counted yet', 0, 'auto', 1],
    ['of one user', 1, 'auto', 1],
    ['of two users', 2, 'auto', 1],
    ['of three users', 3, 'auto', 2],
    ['of ten users', 10, 'auto', 5],
    ['of a large account', 1000, 'auto', 500],
    ['of a number', 100, 80, 80],
    ['of nobody at all', 100, 0, 0],
  ] as const)('%s', (_, users, setting, limit) => {
    expect(blockLimitOf(users, setting)).toBe(limit);
  });
});

describe('totals', () => {
  it('count every state once', () => {
    const decision = (
      status: 'protected' | 'exempt' | 'out-of-scope' | 'unprotected',
      blocked = false,
    ) => ({
      kind: 'decision' as const,
      action: 'none' as const,
      status,
      blocked,
      reasons: [],
    });
    const all = [
      decision('protected'),
      decision('protected', true),
      decision('exempt'),
      decision('out-of-scope'),
      decision('unprotected'),
      decision('unprotected', true),
      decision('unprotected', true),
    ];
    expect(all.reduce(addToTotals, noTotals)).toEqual({
      users: 7,
      protected: 2,
      exempt: 1,
      outOfScope: 1,
      unprotected: 1,
      blocked: 2,
    });
  });
});

describe('the totals of several accounts', () => {
  it('are the sum of each', () => {
    const one = { users: 1, protected: 2, blocked: 3, unprotected: 4, exempt: 5, outOfScope: 6 };
    const two = {
      users: 10,
      protected: 20,
      blocked: 30,
      unprotected: 40,
      exempt: 50,
      outOfScope: 60,
    };
    expect(sumOfTotals([one, two])).toEqual({
      users: 11,
      protected: 22,
      blocked: 33,
      unprotected: 44,
      exempt: 55,
      outOfScope: 66,
    });
    expect(sumOfTotals([])).toEqual(noTotals);
  });
});

describe('the Slack webhook', () => {
  it.each([
    'https://hooks.slack.com/services/T0/B0/secret',
    'https://hooks.slack-gov.com/services/T0/B0/secret',
    '  https://hooks.slack.com/services/T0/B0/secret\n',
  ])('may be %j', (text) => {
    expect(checkWebhook(text, false).href).toBe(text.trim());
  });

  it.each([
    ['no URL', 'secret'],
    ['no URL', ''],
    ['no https URL', 'http://hooks.slack.com/services/T0/B0/secret'],
    ['a URL of another host than Slack’s', 'https://hooks.slack.com.evil.example/services/T/B/x'],
    ['a URL of another host than Slack’s', 'https://evil.example/hooks.slack.com/secret'],
    ['a URL of another host than Slack’s', 'https://acme.slack.com/archives/C0123'],
    ['a URL of another host than Slack’s', 'http://127.0.0.1:9/services/T0/B0/secret'],
    ...[':8443', ''].map((port) => [
      'a URL with a port, a user or a password',
      `https://${port === '' ? 'me@' : ''}hooks.slack.com${port}/services/T0/B0/secret`,
    ]),
    [
      'a URL with a port, a user or a password',
      'https://:me@hooks.slack.com/services/T0/B0/secret',
    ],
    ['a workflow’s trigger (/triggers/…)', 'https://hooks.slack.com/triggers/T0/123/secret'],
    ['a workflow’s webhook (/workflows/…)', 'https://hooks.slack-gov.com/workflows/T0/A/1/secret'],
    ['another URL of Slack’s', 'https://hooks.slack.com/actions/T0/1/secret'],
    ['another URL of Slack’s', 'https://hooks.slack.com/x/services/T0/B0/secret'],
    ...[
      'services',
      'services/',
      'services/T0/B0',
      'services/T0/B0/',
      'services/T0/B0/sec%20ret',
    ].map((path) => [
      path === 'services'
        ? 'another URL of Slack’s'
        : 'an incoming webhook that is cut off or damaged',
      `https://hooks.slack.com/${path}`,
    ]),
    [
      'an incoming webhook that is cut off or damaged',
      'https://hooks.slack.com/services/T0/B0/a/b',
    ],
    [
      'an incoming webhook that is cut off or damaged',
      'https://hooks.slack.com/services/%20/services/T0/B0/secret',
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
