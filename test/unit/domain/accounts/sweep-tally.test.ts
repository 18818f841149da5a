import { describe, expect, it } from 'vitest';
import {
  addToTally,
  noTally,
  sweepRoom,
  takeRoom,
  withInGrace,
} from '../../../../functions/domain/accounts/sweep-tally.ts';
import type { Decision } from '../../../../functions/domain/rules/decide.ts';
import type { UserFacts } from '../../../../functions/domain/rules/user-facts.ts';
import { settingsWith } from '../../../fakes/settings.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const decision = (change: Partial<Decision>): Decision => ({
  kind: 'decision',
  action: 'none',
  status: 'unprotected',
  blocked: false,
  reasons: [],
  ...change,
});
const facts = (tags: Record<string, string>, devices?: string[]): UserFacts => ({
  user: 'dana',
  profile: { arn: 'arn', tags, boundary: null },
  ...(devices ? { devices } : {}),
});
const tally = (found: Partial<Decision>, of: UserFacts = facts({}), before = noTally) =>
  addToTally(before, { facts: of, decision: decision(found) }, settingsWith(), NOW);
const reasons = [{ code: 'no-mfa', text: 'no MFA device' }];
const breakGlass = {
  status: 'exempt',
  reasons: [...reasons, { code: 'break-glass', text: '' }],
} as const;
const until = (day: string) => facts({ userType: 'Service', 'mfa-exempt-until': day });
const hundred = Array.from({ length: 100 }, (_, index) => `user-${index}`);

describe('a sweep’s tally', () => {
  it('counts one more user, and names no user in the right state', () => {
    expect(tally({ status: 'protected' })).toEqual({
      totals: { users: 1, protected: 1, blocked: 0, unprotected: 0, exempt: 0, outOfScope: 0 },
      differences: 0,
      differing: [],
      blockedUsers: [],
      breakGlassWithoutMfa: [],
      endingExemptions: [],
    });
  });

  it.each([
    ['block', {}],
    ['unblock', { status: 'protected', blocked: true }],
  ] as const)('names the users with a difference: to %s', (action, found) => {
    expect(tally({ ...found, action, reasons })).toMatchObject({
      differences: 1,
      differing: [{ user: 'dana', action, reasons }],
      blockedUsers: [],
    });
  });

  it('names the blocked users', () => {
    expect(tally({ blocked: true })).toMatchObject({ differences: 0, blockedUsers: ['dana'] });
  });

  it.each([
    ['without a device', breakGlass, facts({}, []), ['dana']],
    ['with one', breakGlass, facts({}, ['S1']), []],
    [
      'without one in the credential report',
      breakGlass,
      { ...facts({}), mfaActive: false },
      ['dana'],
    ],
    ['with one in the credential report', breakGlass, { ...facts({}), mfaActive: true }, []],
    ['of whose devices nothing is known', breakGlass, facts({}), []],
    ['that is none, without a device', { status: 'exempt', reasons }, facts({}, []), []],
  ] as const)('names a break-glass user %s', (_, found, of, named) => {
    expect(tally(found, of).breakGlassWithoutMfa).toEqual(named);
  });

  it.each([
    ['today', 'exempt', '2026-03-01', false],
    ['tomorrow', 'exempt', '2026-03-02', true],
    ['in two days', 'exempt', '2026-03-03', false],
    ['in a week', 'exempt', '2026-03-08', true],
    ['in eight days', 'exempt', '2026-03-09', false],
    ['tomorrow, of a user who has MFA', 'protected', '2026-03-02', false],
  ] as const)('announces an exemption that ends %s', (_, status, day, announced) => {
    const expected = announced ? [{ user: 'dana', until: day }] : [];
    expect(tally({ status }, until(day)).endingExemptions).toEqual(expected);
  });

  it('names the address of a user whose exemption ends', () => {
    const facts = until('2026-03-02');
    const { profile } = facts;
    const tags = { ...profile?.tags, email: 'dana@example.com' };
    const notifyUsers = { tag: 'email', domains: [] };
    const { endingExemptions } = addToTally(
      noTally,
      {
        facts: { ...facts, profile: { arn: 'arn', boundary: null, tags } },
        decision: decision({ status: 'exempt' }),
      },
      settingsWith({ notifyUsers, mode: 'enforce' }),
      NOW,
    );
    expect(endingExemptions).toEqual([
      { user: 'dana', until: '2026-03-02', email: 'dana@example.com' },
    ]);
  });

  it('announces nothing of an exemption without end, or of tags that were not read', () => {
    expect(tally({ status: 'exempt' }, facts({ userType: 'Service' })).endingExemptions).toEqual(
      [],
    );
    expect(tally({ status: 'exempt' }, { user: 'dana' }).endingExemptions).toEqual([]);
  });

  it('names at most the first hundred of each', () => {
    const full = { ...noTally, blockedUsers: hundred.slice(1) };
    const once = tally({ blocked: true }, facts({}), full);
    expect(once.blockedUsers).toEqual([...hundred.slice(1), 'dana']);
    expect(tally({ blocked: true }, facts({}), once).blockedUsers).toEqual(once.blockedUsers);
  });
});

describe('the room of a sweep', () => {
  it.each([
    ['the users that IAM lists', { listed: 4, seen: 1, users: 100 }, 4, 6],
    ['the users that the sweep has seen', { listed: 1, seen: 4, users: 100 }, 4, 6],
    ['no room beyond the limit', { listed: 12, seen: 4, users: 100 }, 12, 0],
  ])('counts %s', (_, counts, blocked, left) => {
    const room = sweepRoom(counts, settingsWith({ blockLimit: 10 }));
    expect(room).toEqual({ counted: blocked, limit: 10, left, beyond: 0, firstBeyond: [] });
  });

  const room = { counted: 8, limit: 10, left: 2, beyond: 0, firstBeyond: [] };

  it('is given to the first users, and the others are counted and named', () => {
    const taken = takeRoom(room, ['a', 'b', 'c']);
    expect(taken).toEqual({
      within: ['a', 'b'],
      room: { counted: 8, limit: 10, left: 0, beyond: 1, firstBeyond: ['c'] },
    });
    expect(takeRoom(taken.room, ['d', 'e'])).toEqual({
      within: [],
      room: { counted: 8, limit: 10, left: 0, beyond: 3, firstBeyond: ['c', 'd', 'e'] },
    });
  });

  it('stays for the next users if it is not used up', () => {
    expect(takeRoom(room, ['a'])).toEqual({ within: ['a'], room: { ...room, left: 1 } });
  });

  it('names a hundred at most of those beyond it', () => {
    const taken = takeRoom({ ...room, left: 0 }, [...hundred, 'last']);
    expect(taken.room).toMatchObject({ beyond: 101, firstBeyond: hundred });
  });
});

describe('users who have time to enrol', () => {
  it('are counted, and the first hundred are named', () => {
    const until = new Date(NOW.getTime() + 1);
    const added = hundred.reduce((all, user) => withInGrace(all, user, until), noTally);
    const { inGrace } = withInGrace(added, 'one-more', NOW);
    expect(inGrace).toEqual({
      total: 101,
      users: hundred.map((user) => ({ user, until: '2026-03-01T12:00:00.001Z' })),
    });
  });

  it('stay counted with the next user', () => {
    const before = withInGrace(noTally, 'dana', NOW);
    expect(tally({ status: 'protected' }, facts({}), before).inGrace).toEqual(before.inGrace);
  });
});
