import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { stateKeys } from '../../../events/state-keys.ts';

/** The key of each kind, with placeholders as the runbook has them. */
const keys: Readonly<Record<keyof typeof stateKeys, string>> = {
  actionLog: stateKeys.actionLog('ACCOUNT', '<user>'),
  deletionPause: stateKeys.deletionPause('ACCOUNT', '<user>'),
  accessHistory: stateKeys.accessHistory('ACCOUNT', '<user>'),
  removals: stateKeys.removals('ACCOUNT', '<user>'),
  accountGrace: stateKeys.accountGrace('ACCOUNT'),
  userGrace: stateKeys.userGrace('ACCOUNT', '<user ID>'),
  breaker: stateKeys.breaker('ACCOUNT'),
  lastSweep: stateKeys.lastSweep('ACCOUNT'),
  unswept: stateKeys.unswept('ACCOUNT'),
  dormant: stateKeys.dormant('ACCOUNT'),
  orphans: stateKeys.orphans('ACCOUNT'),
  accountName: stateKeys.accountName('ACCOUNT'),
  sent: stateKeys.sent('enforce', '<outcome id>'),
  lastNotification: stateKeys.lastNotification('<dedup key>'),
  probe: stateKeys.probe('ACCOUNT'),
  proof: stateKeys.proof('ACCOUNT'),
  path: stateKeys.path('ACCOUNT'),
  slackSendLock: stateKeys.slackSendLock(),
  mail: stateKeys.mail('ACCOUNT', '<kind>', '<user>'),
  mailSendLock: stateKeys.mailSendLock(),
};

describe('the keys of the state table', () => {
  it('begin with the kind of the entry', () => {
    expect(keys).toEqual({
      actionLog: 'actions/ACCOUNT/<user>',
      deletionPause: 'actions/ACCOUNT/<user>/pause',
      accessHistory: 'actions/ACCOUNT/<user>/access',
      removals: 'actions/ACCOUNT/<user>/removals',
      accountGrace: 'grace/ACCOUNT',
      userGrace: 'grace/ACCOUNT/<user ID>',
      breaker: 'breaker/ACCOUNT',
      lastSweep: 'sweep/ACCOUNT',
      unswept: 'unswept/ACCOUNT',
      dormant: 'dormant/ACCOUNT',
      orphans: 'orphans/ACCOUNT',
      accountName: 'account/ACCOUNT',
      sent: 'sent/enforce/<outcome id>',
      lastNotification: 'last/<dedup key>',
      probe: 'probe/ACCOUNT',
      proof: 'proof/ACCOUNT',
      path: 'path/ACCOUNT',
      slackSendLock: 'slack-send-lock',
      mail: 'mail/ACCOUNT/<kind>/<user>',
      mailSendLock: 'mail-send-lock',
    });
  });

  it('are the same for a user’s name in any case', () => {
    expect(stateKeys.actionLog('1', 'Dana')).toBe(stateKeys.actionLog('1', 'dana'));
    expect(stateKeys.deletionPause('1', 'Dana')).toBe(stateKeys.deletionPause('1', 'dana'));
    expect(stateKeys.removals('1', 'Dana')).toBe(stateKeys.removals('1', 'dana'));
    expect(stateKeys.accessHistory('1', 'Dana')).toBe(stateKeys.accessHistory('1', 'dana'));
    expect(stateKeys.mail('1', 'blocked', 'Dana')).toBe(stateKeys.mail('1', 'blocked', 'dana'));
  });

  it('have a row each in the runbook, and no other key has one', () => {
    const [, section = ''] = readFileSync('docs/runbook.md', 'utf8').split('## The state table\n');
    const rows = section.split('\n## ')[0]?.matchAll(/^\| `([^`]+)`/gm) ?? [];
    const documented = Object.values(keys).map((key) =>
      key.replace('ACCOUNT', '<account>').replace('enforce', '<mode>'),
    );
    expect([...rows].map(([, key]) => key).toSorted()).toEqual(documented.toSorted());
  });
});
