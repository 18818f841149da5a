import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decide, leftBlocked } from '../../../../functions/domain/rules/decide.ts';
import type { Settings } from '../../../../functions/domain/rules/settings.ts';
import type { Attachments, UserFacts } from '../../../../functions/domain/rules/user-facts.ts';
import { POLICY, settingsWith } from '../../../fakes/settings.ts';

const NOW = new Date('2026-03-01T12:00:00Z');

const dimensions = {
  devices: ['unread', 'none', 'one', 'two', 'none in the report', 'one in the report'],
  tags: ['unread', 'none', 'exempt'],
  password: ['unread', 'no', 'yes'],
  attachments: ['unread', 'no', 'yes'],
  scope: ['all-users', 'console-users', 'no-users'],
  unblock: ['on-enrolment', 'never'],
} as const;
type Dimension = keyof typeof dimensions;
type Cell = Record<Dimension, string>;

interface Row {
  readonly name: string;
  /** The values a dimension may have; a dimension that is not named may have any. */
  readonly given: Partial<Record<Dimension, string[]>>;
  readonly expect:
    | { readonly needs: string[] }
    | {
        readonly action: string;
        readonly status: string;
        readonly blocked: boolean;
        readonly reasons: string[];
      };
}

const rows = JSON.parse(
  readFileSync(new URL('decide.cases.json', import.meta.url), 'utf8'),
) as Row[];

const cells = Object.entries(dimensions).reduce<Cell[]>(
  (all, [dimension, values]) =>
    all.flatMap((cell) => values.map((value) => ({ ...cell, [dimension]: value }))),
  [{} as Cell],
);

function rowsOf(cell: Cell): Row[] {
  return rows.filter(({ given }) =>
    Object.entries(given).every(([dimension, values]) =>
      values.includes(cell[dimension as Dimension]),
    ),
  );
}

const notBlocked: Attachments = { methods: [], policies: ['other'] };
const blocked: Attachments = { methods: ['managed-policy'], policies: ['other', POLICY] };
const devices = {
  unread: {},
  none: { devices: [] },
  one: { devices: ['GAHT1'] },
  two: { devices: ['GAHT1', 'arn:aws:iam::111122223333:u2f/user/dana/key'] },
  'none in the report': { mfaActive: false },
  'one in the report': { mfaActive: true },
};
const tags = { none: { team: 'blue' }, exempt: { userType: 'service' } };

function factsOf(cell: Cell): UserFacts {
  return {
    user: 'dana',
    ...devices[cell.devices as keyof typeof devices],
    ...(cell.tags === 'unread'
      ? {}
      : { profile: { arn: 'arn', tags: tags[cell.tags as keyof typeof tags], boundary: null } }),
    ...(cell.password === 'unread' ? {} : { password: cell.password === 'yes' }),
    ...(cell.attachments === 'unread'
      ? {}
      : { attachments: cell.attachments === 'yes' ? blocked : notBlocked }),
  };
}

function settingsOf(cell: Cell): Settings {
  return settingsWith({
    scope: cell.scope as Settings['scope'],
    unblock: cell.unblock as Settings['unblock'],
  });
}

function codes(verdict: ReturnType<typeof decide>) {
  if (verdict.kind === 'undecided') return { needs: verdict.needs };
  const { action, status, blocked, reasons } = verdict;
  return { action, status, blocked, reasons: reasons.map(({ code }) => code) };
}

describe('the decision table', () => {
  it('covers every cell with exactly one row', () => {
    expect(cells).toHaveLength(6 * 3 * 3 * 3 * 3 * 2);
    expect(cells.filter((cell) => rowsOf(cell).length !== 1)).toEqual([]);
  });

  it.each(rows)('$name', (row) => {
    const own = cells.filter((cell) => rowsOf(cell).includes(row));
    expect(own.length).toBeGreaterThan(0);
    for (const cell of own) {
      expect(codes(decide(factsOf(cell), settingsOf(cell), NOW)), JSON.stringify(cell)).toEqual(
        row.expect,
      );
    }
  });
});

describe('the reasons', () => {
  const read = {
    user: 'dana',
    profile: { arn: 'arn', tags: {}, boundary: null },
    devices: [],
    attachments: notBlocked,
  };
  const texts = (facts: UserFacts, settings: Partial<Settings> = {}) => {
    const verdict = decide(facts, settingsWith(settings), NOW);
    return verdict.kind === 'decision' ? verdict.reasons.map(({ text }) => text) : [];
  };

  it.each([
    ['a block', read, {}, ['no MFA device', 'no exemption']],
    [
      'a block of a console user',
      { ...read, password: true },
      { scope: 'console-users' },
      ['no MFA device', 'no exemption', 'console password'],
    ],
    ['one device', { ...read, devices: ['S1'] }, {}, ['1 MFA device (S1)']],
    [
      'a device of the credential report',
      { ...read, devices: undefined, mfaActive: true },
      {},
      ['an MFA device (credential report)'],
    ],
    [
      'a device that is younger than the credential report',
      { ...read, devices: ['S1'], mfaActive: false },
      {},
      ['1 MFA device (S1)'],
    ],
    ['two devices', { ...read, devices: ['S1', 'S2'] }, {}, ['2 MFA devices (S1, S2)']],
    [
      'an exemption, with the tag as the user has it',
      { ...read, profile: { arn: 'arn', tags: { userType: 'SERVICE' }, boundary: null } },
      {},
      ['exempt by the tag userType=SERVICE'],
    ],
    [
      'no password',
      { ...read, password: false },
      { scope: 'console-users' },
      ['no console password (Scope=console-users)'],
    ],
    ['no users in scope', read, { scope: 'no-users' }, ['no user is in scope (Scope=no-users)']],
    [
      'never unblocked',
      { ...read, devices: ['S1'], attachments: blocked },
      { unblock: 'never' },
      ['1 MFA device (S1)', 'stays blocked because Unblock is never'],
    ],
    [
      'blocked',
      { ...read, attachments: blocked },
      {},
      ['no MFA device', 'no exemption', 'already blocked'],
    ],
  ] as [string, UserFacts, Partial<Settings>, string[]][])(
    'contain %s',
    (_, facts, settings, expected) => {
      expect(texts(facts, settings)).toEqual(expected);
    },
  );
});

describe('the exemption', () => {
  it.each([
    ['value in another case', { userType: 'sErViCe' }, true],
    ['another value', { userType: 'Human' }, false],
    ['key in another case', { usertype: 'Service' }, true],
    ['a second pair', { team: 'robots:night' }, true],
    ['no tags', {}, false],
    [
      'a tag named like a built-in',
      JSON.parse('{"__proto__":"Service"}') as Record<string, string>,
      false,
    ],
  ])('%s', (_, userTags, exempt) => {
    const settings = settingsWith({
      exemptTags: [
        { key: 'userType', value: 'Service' },
        { key: 'team', value: 'robots:night' },
        { key: 'constructor', value: 'Service' },
      ],
    });
    const facts = {
      user: 'dana',
      profile: { arn: 'arn', tags: userTags, boundary: null },
      devices: [],
      attachments: notBlocked,
    };
    expect(codes(decide(facts, settings, NOW))).toMatchObject({
      status: exempt ? 'exempt' : 'unprotected',
    });
  });
});

describe('an exemption', () => {
  const verdictOf = (more: Record<string, string>) => {
    const userTags = { userType: 'Service', ...more };
    const facts = {
      user: 'dana',
      profile: { arn: 'arn', tags: userTags, boundary: null },
      devices: [],
      attachments: notBlocked,
    };
    const verdict = decide(facts, settingsWith(), NOW);
    return verdict.kind === 'decision'
      ? [verdict.action, verdict.reasons.map(({ text }) => text).join(', ')]
      : [];
  };
  const unreadable = (value: string) =>
    `no MFA device, exemption by the tag userType=Service is invalid: mfa-exempt-until=${value} is not a date like 2026-12-31`;

  it.each([
    ['2026-03-02', 'none', 'exempt by the tag userType=Service until 2026-03-02'],
    ['2026-03-01', 'none', 'exempt by the tag userType=Service until 2026-03-01'],
    [
      '2026-02-28',
      'block',
      'no MFA device, exemption by the tag userType=Service ended: mfa-exempt-until=2026-02-28',
    ],
    ['soon', 'block', unreadable('soon')],
    ['', 'block', unreadable('')],
    ['2026-02-30', 'block', unreadable('2026-02-30')],
    ['01.04.2026', 'block', unreadable('01.04.2026')],
  ])('until %j means %s', (until, action, text) => {
    expect(verdictOf({ 'mfa-exempt-until': until })).toEqual([action, text]);
  });

  const breakGlass = {
    user: 'fire',
    profile: { arn: 'arn', tags: { 'mfa-enforcer:break-glass': 'true' }, boundary: null },
    attachments: blocked,
  };

  it.each([
    ['', breakGlass, ['break-glass']],
    [
      ', with a device that may be lost',
      { ...breakGlass, devices: ['S1'] },
      ['has-mfa', 'break-glass'],
    ],
  ])('by break-glass unblocks even if no other user is unblocked%s', (_, facts, reasons) => {
    expect(codes(decide(facts, settingsWith({ unblock: 'never' }), NOW))).toMatchObject({
      action: 'unblock',
      reasons,
    });
  });

  it('by break-glass has no end and needs no other tag', () => {
    const facts = {
      user: 'fire',
      profile: {
        arn: 'arn',
        tags: { 'mfa-enforcer:break-glass': 'True', 'mfa-exempt-until': '2020-01-01' },
        boundary: null,
      },
      devices: [],
      attachments: notBlocked,
    };
    expect(decide(facts, settingsWith({ exemptTags: [] }), NOW)).toMatchObject({
      action: 'none',
      status: 'exempt',
      reasons: [{ code: 'break-glass' }],
    });
  });
});

describe('a console password of an exempt user, where it ends the exemption', () => {
  const service = { arn: 'arn', tags: { userType: 'Service' }, boundary: null };
  const facts = { user: 'bot', profile: service, devices: [], attachments: notBlocked };
  const strict = settingsWith({ exemptPassword: 'ends-exemption' });
  const breakGlass = { ...service, tags: { 'mfa-enforcer:break-glass': 'true' } };

  it.each([
    ['unread', facts, { needs: ['password'] }],
    ['none', { ...facts, password: false }, { action: 'none', reasons: ['exempt-tag'] }],
    [
      'one',
      { ...facts, password: true },
      { action: 'block', reasons: ['no-mfa', 'exempt-with-password'] },
    ],
    ['one of a break-glass user', { ...facts, profile: breakGlass }, { action: 'none' }],
    [
      'one of a user who is not exempt',
      { ...facts, profile: { ...service, tags: {} } },
      { action: 'block', reasons: ['no-mfa', 'not-exempt'] },
    ],
  ])('%s', (_, read, expected) => {
    expect(codes(decide(read, strict, NOW))).toMatchObject(expected);
  });

  it('is named in the reason', () => {
    expect(decide({ ...facts, password: true }, strict, NOW)).toMatchObject({
      reasons: [
        {},
        { text: 'no exemption: a console password ends it (exempt by the tag userType=Service)' },
      ],
    });
  });

  it('ends an exemption by name alike', () => {
    const profile = { ...service, arn: 'arn:aws:iam::1:user/machines/bot', tags: {} };
    const byName = { ...strict, exemptUsers: ['/machines/*'] };
    const read = (password: boolean) => decide({ ...facts, profile, password }, byName, NOW);
    expect(codes(read(false))).toMatchObject({ action: 'none', reasons: ['exempt-name'] });
    expect(codes(read(true))).toMatchObject({
      action: 'block',
      reasons: ['no-mfa', 'exempt-with-password'],
    });
  });
});

describe('a user who is not read any further', () => {
  it.each([
    ['blocked', { user: 'dana', attachments: blocked }, true],
    ['not blocked', { user: 'dana', attachments: notBlocked }, false],
    ['not read', { user: 'dana' }, false],
  ])('stays blocked where blocked: %s', (_, facts, stays) => {
    const expected = {
      kind: 'decision',
      action: 'none',
      status: 'unprotected',
      blocked: true,
      reasons: [{ code: 'blocked', text: 'already blocked' }],
    };
    expect(leftBlocked(facts)).toEqual(stays ? expected : null);
  });
});
