import { describe, expect, it } from 'vitest';
import {
  credentialLines,
  credentialRows,
  dormantUsers,
  factsOfRow,
  mayBeUnblocked,
  type RowFacts,
  type RowUse,
  rowOf,
  rowUse,
  sweepReport,
  withRow,
} from '../../../../functions/domain/accounts/credential-report.ts';
import type { UserFacts } from '../../../../functions/domain/rules/user-facts.ts';
import { settingsWith } from '../../../fakes/settings.ts';

const HEADER =
  'user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,' +
  'password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated';

const line = (name: string, password: string, mfa: string, path = '/') =>
  `${name},arn:aws:iam::111122223333:user${path}${name},2024-03-01T09:00:00+00:00,${password},N/A,N/A,N/A,${mfa},false,N/A`;

describe('the credential report', () => {
  it.each<[string, string, string, { mfa: boolean | null; password: boolean | null }]>([
    ['with both', line('dana', 'true', 'true'), 'dana', { mfa: true, password: true }],
    ['with neither', line('dana', 'false', 'false'), 'dana', { mfa: false, password: false }],
    [
      'whose name and path contain commas',
      line('doe,jane', 'true', 'false', '/a,b/'),
      'doe,jane',
      { mfa: false, password: true },
    ],
    [
      'whose name is in quotation marks',
      line('doe,jane', 'false', 'true').replace('doe,jane,arn', '"doe,jane",arn'),
      'doe,jane',
      { mfa: true, password: false },
    ],
    [
      'root, whose password is not said',
      '<root_account>,arn:aws:iam::111122223333:root,2020-01-01T00:00:00+00:00,not_supported,N/A,N/A,N/A,true,false,N/A',
      '<root_account>',
      { mfa: true, password: null },
    ],
  ])('has a row of a user %s', (_, text, user, row) => {
    for (const newline of ['\n', '\r\n']) {
      const csv = [HEADER, line('other', 'true', 'true'), text].join(newline);
      expect(credentialRows(csv).get(user)).toMatchObject(row);
    }
  });

  describe('lists as dormant', () => {
    const columns =
      'user,arn,user_creation_time,password_enabled,password_last_used,mfa_active,' +
      'access_key_1_active,access_key_1_last_used_date,access_key_2_active,access_key_2_last_used_date';
    const now = new Date('2026-03-01T03:00:00Z');
    const old = '2025-12-01T03:00:00+00:00';
    const recent = '2025-12-01T03:00:01+00:00';
    const usual = {
      created: old,
      password: 'true',
      signIn: old,
      mfa: 'false',
      key1: 'false',
      used1: 'N/A',
      key2: 'false',
      used2: 'N/A',
    };
    it.each<[string, Partial<typeof usual>, boolean]>([
      ['a user who last signed in 90 days ago', {}, true],
      ['a user who never signed in', { signIn: 'no_information' }, true],
      ['a user with an unused access key alone', { password: 'false', key1: 'true' }, true],
      ['a user with a second access key alone', { password: 'false', key2: 'true' }, true],
      ['no user who signed in since', { signIn: recent }, false],
      ['no user who used an access key since', { used1: recent }, false],
      ['no user who used the second access key since', { used2: recent }, false],
      ['no user who was created since', { created: recent, signIn: 'no_information' }, false],
      ['a user without a device, in any case', { mfa: 'False' }, true],
      ['no user with an MFA device', { mfa: 'true' }, false],
      ['no user of whose devices nothing is said', { mfa: 'N/A' }, false],
      ['no user without a password and an active key', { password: 'false' }, false],
      ['no user whose last sign-in is no time', { signIn: '' }, false],
      ['no user whose creation is no time', { created: 'N/A' }, false],
    ])('%s', (_, change, listed) => {
      const { created, password, signIn, mfa, key1, used1, key2, used2 } = { ...usual, ...change };
      const cells = [created, password, signIn, mfa, key1, used1, key2, used2];
      const csv = `${columns}\ndana,arn:aws:iam::111122223333:user/dana,${cells.join(',')}`;
      const dana = { user: 'dana', createdAt: Date.parse(created) / 1000 };
      expect(dormantUsers(csv, now)).toEqual(listed ? [dana] : []);
    });

    it('nobody whose line is cut short', () => {
      const csv = `${columns}\ndana,arn:aws:iam::111122223333:user/dana`;
      expect(dormantUsers(csv, now)).toEqual([]);
    });
  });

  it.each([
    ['no line', HEADER],
    ['an empty line', `${HEADER}\n`],
    ['a line that is none', `${HEADER}\n\nnonsense\n`],
    [
      'a line without an ARN',
      `${HEADER}\n${line('dana', 'true', 'true').replace(/arn:[^,]*/, '')}`,
    ],
    ['a line that is cut short', `${HEADER}\ndana,arn:aws:iam::111122223333:user/dana`],
  ])('has no row where it has %s', (_, csv) => {
    expect(credentialRows(csv).size).toBe(0);
  });

  it.each([
    '',
    'user,arn',
    '<html>',
    HEADER.replace('mfa_active', 'mfa'),
    HEADER.replace('password_enabled', 'password'),
    HEADER.replace('user,', 'name,'),
  ])('is refused where it is none: %j', (csv) =>
    expect(() => credentialRows(csv)).toThrow('other columns'),
  );
});

/** The columns of a report, in AWS's order. */
const COLUMNS = [
  'user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active',
  ...[1, 2].flatMap((number) =>
    ['active', 'last_rotated', 'last_used_date', 'last_used_region', 'last_used_service'].map(
      (name) => `access_key_${number}_${name}`,
    ),
  ),
  'cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated',
].join();

const NONE = {
  user: 'dana',
  arn: 'arn:aws:iam::111122223333:user/dana',
  user_creation_time: '2024-03-01T09:00:00+00:00',
  password_enabled: 'false',
  mfa_active: 'false',
  access_key_1_active: 'false',
  access_key_2_active: 'false',
  cert_1_active: 'false',
  cert_2_active: 'false',
};

/** A report with one line: that of a user without credentials, with these changes. */
function reportWith(change: Readonly<Record<string, string>>, columns = COLUMNS): string {
  const cells: Readonly<Record<string, string>> = { ...NONE, ...change };
  return `${columns}\n${columns
    .split(',')
    .map((column) => cells[column] ?? 'N/A')
    .join()}`;
}

const KEY = {
  access_key_1_active: 'true',
  access_key_1_last_rotated: '2025-01-02T03:04:05Z',
  access_key_1_last_used_date: '2026-02-27T10:00:00+00:00',
  access_key_1_last_used_region: 'eu-west-1',
  access_key_1_last_used_service: 's3',
};
const OLD = { number: 2, active: false, lastRotatedAt: '2020-01-01T00:00:00.000Z' };
const unused = { lastUsedAt: null, lastUsedService: null, lastUsedRegion: null };

/** The row of the user without credentials. */
const ROW = { createdAt: '2024-03-01T09:00:00.000Z', mfa: false, password: false };

describe('a user’s row of the credential report', () => {
  it.each<
    [string, Readonly<Record<string, string>>, { mfa?: boolean | null; password?: boolean | null }]
  >([
    ['without a device and a password', {}, {}],
    ['with a device', { mfa_active: 'true' }, { mfa: true }],
    ['with a password', { password_enabled: 'TRUE' }, { password: true }],
    ['in another case', { mfa_active: 'False' }, {}],
    ['whose devices are not said', { mfa_active: 'N/A' }, { mfa: null }],
    ['whose devices are empty', { mfa_active: '' }, { mfa: null }],
    [
      'whose password is not said, as root’s',
      { password_enabled: 'not_supported' },
      { password: null },
    ],
  ])('%s', (_, cells, row) => {
    expect([...credentialRows(reportWith(cells))]).toEqual([['dana', { ...ROW, ...row }]]);
  });

  it.each<[string, string | null, boolean]>([
    ['of the same time of creation', '2024-03-01T09:00:00.000Z', true],
    ['of the same second', '2024-03-01T09:00:00.999Z', true],
    ['of a later second', '2024-03-01T09:00:01.000Z', false],
    ['of an earlier second', '2024-03-01T08:59:59.999Z', false],
    ['whose time of creation IAM did not say', null, false],
  ])('is about a user %s: %s → %s', (_, createdAt, isSame) => {
    const rows = credentialRows(reportWith({ user_creation_time: '2024-03-01T09:00:00Z' }));
    const profile = {
      arn: '',
      tags: {},
      boundary: null,
      createdAt: createdAt === null ? undefined : new Date(createdAt),
    };
    expect(rowOf(rows, { user: 'dana', profile })).toEqual(isSame ? ROW : null);
  });

  it('is about no other user, and about none of whom nothing was read', () => {
    const rows = credentialRows(reportWith({}));
    const profile = { arn: '', tags: {}, boundary: null, createdAt: new Date(ROW.createdAt) };
    expect(rowOf(rows, { user: 'erik', profile })).toBeNull();
    expect(rowOf(rows, { user: 'dana' })).toBeNull();
  });

  it('is refused with a text that is no such report', () => {
    expect(() => credentialRows('<html>')).toThrow('other columns');
  });
});

const MINUTE_MS = 60_000;
const MADE = '2026-03-01T10:00:00.000Z';

it.each<[string, string | null, number | null, number, RowUse]>([
  ['nothing is asked for', MADE, null, 120, 'settled'],
  ['nothing is asked for, and there is no report', null, null, 120, 'settled'],
  ['the report is younger than asked', MADE, 240, 120, 'all'],
  ['the report is as old as asked', MADE, 120, 120, 'all'],
  ['the report is older than asked', MADE, 119, 120, 'none'],
  ['IAM’s clock is ahead', MADE, 0, -1, 'all'],
  ['there is no report', null, 240, 120, 'none'],
])('which rows serve a report where %s', (_, generatedAt, maxAge, minutesLater, use) => {
  const now = new Date(Date.parse(MADE) + minutesLater * MINUTE_MS);
  expect(rowUse(generatedAt, maxAge === null ? null : maxAge * MINUTE_MS, now)).toBe(use);
});

describe('the facts that a report takes from a row', () => {
  const cells = { yes: true, no: false, '?': null };
  type Cell = keyof typeof cells;

  it.each<[RowUse, string, Cell, Cell, RowFacts]>([
    ['all', 'nothing', 'yes', 'no', { hasDevice: true, password: false }],
    ['all', 'nothing', 'no', 'yes', { hasDevice: false, password: true }],
    ['all', 'nothing', '?', 'yes', { password: true }],
    ['all', 'nothing', 'no', '?', { hasDevice: false }],
    ['all', 'nothing', '?', '?', {}],
    ['all', 'devices', 'no', 'yes', { password: true }],
    ['all', 'devices', 'yes', '?', {}],
    ['settled', 'nothing', 'no', 'no', {}],
    ['settled', 'devices', 'no', 'no', {}],
    ['settled', 'state', 'no', 'no', { hasDevice: false, password: false }],
    ['settled', 'state', 'yes', 'no', {}],
    ['settled', 'state', 'no', 'yes', {}],
    ['settled', 'state', '?', 'no', {}],
    ['settled', 'state', 'no', '?', {}],
    ['settled', 'devices and state', 'no', 'yes', { password: true }],
    ['settled', 'devices and state', 'no', 'no', { password: false }],
    ['settled', 'devices and state', 'no', '?', {}],
    ['none', 'devices and state', 'no', 'no', {}],
    ['none', 'state', 'no', 'no', {}],
  ])(
    'of %s rows, where %s is known: device %s, password %s',
    (use, known, mfa, password, facts) => {
      const row = { createdAt: MADE, mfa: cells[mfa], password: cells[password] };
      const areDevicesRead = known.includes('devices');
      const isSettled = known.includes('state');
      expect(factsOfRow(row, use, { areDevicesRead, isSettled })).toEqual(facts);
      expect(factsOfRow(null, use, { areDevicesRead, isSettled })).toEqual({});
    },
  );
});

/** The user of ROW, as the bulk reading shows the user. */
const DANA: UserFacts = {
  user: 'dana',
  profile: { arn: '', tags: {}, boundary: null, createdAt: new Date(ROW.createdAt) },
};
const EARLIER: UserFacts = {
  user: 'dana',
  profile: { arn: '', tags: {}, boundary: null, createdAt: new Date('2024-02-01T09:00:00Z') },
};
const STARTED = '2026-03-01T03:00:10.900Z';

describe('a credential report in a sweep', () => {
  const made = (generatedAt: string, cells: Readonly<Record<string, string>> = {}) =>
    sweepReport({ csv: reportWith(cells), generatedAt: new Date(generatedAt) }, STARTED);

  it.each([
    ['a second before', '2026-03-01T03:00:09Z', false],
    ['in the second in which it began', '2026-03-01T03:00:10Z', true],
    ['later', '2026-03-01T03:00:40Z', true],
  ])('that IAM made %s is fresh: %s → %s', (_, generatedAt, isFresh) => {
    expect(made(generatedAt)).toMatchObject({ isFresh, rows: { size: 1 } });
  });

  it.each<[string, UserFacts, Readonly<Record<string, string>>, object]>([
    ['says that there is no device', DANA, {}, { mfaActive: false, password: false }],
    ['says that there is one', DANA, { mfa_active: 'true' }, { mfaActive: true, password: false }],
    [
      'says that there is a password',
      DANA,
      { password_enabled: 'true' },
      { mfaActive: false, password: true },
    ],
    ['says nothing of devices', DANA, { mfa_active: 'N/A' }, { password: false }],
    ['says nothing of passwords', DANA, { password_enabled: '' }, { mfaActive: false }],
    ['is about an earlier user of the name', EARLIER, { mfa_active: 'true' }, {}],
    ['has no row of the user', { ...DANA, user: 'erik' }, {}, {}],
  ])('that %s adds that to what is known', (_, known, cells, added) => {
    expect(withRow(known, made('2026-03-01T03:00:40Z', cells))).toEqual({ ...known, ...added });
    expect(withRow(known, made('2026-03-01T03:00:09Z', cells))).toEqual(known);
  });

  it.each<[string, UserFacts, Readonly<Record<string, string>>, boolean, boolean]>([
    ['with a device', DANA, { mfa_active: 'true', password_enabled: 'true' }, true, true],
    ['without a device', DANA, { password_enabled: 'true' }, false, false],
    ['without a device and a password', DANA, {}, false, true],
    ['of whose devices nothing is said', DANA, { mfa_active: 'N/A' }, true, true],
    ['of whose password nothing is said', DANA, { password_enabled: 'N/A' }, false, true],
    ['with the name of an earlier user', EARLIER, { password_enabled: 'true' }, true, true],
    ['without a row', { ...DANA, user: 'erik' }, { password_enabled: 'true' }, true, true],
  ])('hints at a blocked user %s', (_, known, cells, anyway, withPasswords) => {
    const report = made('2026-03-01T03:00:09Z', cells);
    expect(mayBeUnblocked(known, report, settingsWith({}))).toBe(anyway);
    for (const change of [
      { scope: 'console-users' },
      { exemptPassword: 'ends-exemption' },
    ] as const) {
      expect(mayBeUnblocked(known, report, settingsWith(change))).toBe(withPasswords);
    }
  });

  it('that is none is refused', () => {
    const generatedAt = new Date(STARTED);
    expect(() => sweepReport({ csv: '<html>', generatedAt }, STARTED)).toThrow('other columns');
  });
});

describe('a user’s line of the credential report', () => {
  const none = {
    lastSignInAt: null,
    passwordChangedAt: null,
    accessKeys: [],
    signingCertificates: [],
  };

  it.each<[string, Readonly<Record<string, string>>, object]>([
    ['without credentials', {}, none],
    [
      'with a password that was used',
      {
        password_enabled: 'true',
        password_last_used: '2026-02-27T09:12:44+00:00',
        password_last_changed: '2025-11-22T02:24:02+01:00',
      },
      {
        ...none,
        lastSignInAt: '2026-02-27T09:12:44.000Z',
        passwordChangedAt: '2025-11-22T01:24:02.000Z',
      },
    ],
    ['with a password that was not', { password_last_used: 'no_information' }, none],
    [
      'with a key in use',
      KEY,
      {
        ...none,
        accessKeys: [
          {
            number: 1,
            active: true,
            lastRotatedAt: '2025-01-02T03:04:05.000Z',
            lastUsedAt: '2026-02-27T10:00:00.000Z',
            lastUsedService: 's3',
            lastUsedRegion: 'eu-west-1',
          },
        ],
      },
    ],
    [
      'with an inactive second key that was never used',
      { access_key_2_last_rotated: '2020-01-01T00:00:00Z' },
      { ...none, accessKeys: [{ ...OLD, ...unused }] },
    ],
    [
      'with a key of a time that is none',
      {
        ...KEY,
        access_key_1_last_rotated: '2025-99-02T03:04:05Z',
        access_key_1_last_used_date: 'recently',
        access_key_1_last_used_region: 'no_information',
        access_key_1_last_used_service: 'not_supported',
      },
      { ...none, accessKeys: [{ number: 1, active: true, lastRotatedAt: null, ...unused }] },
    ],
    [
      'with empty cells',
      { access_key_1_active: 'TRUE', access_key_1_last_used_region: '' },
      { ...none, accessKeys: [{ number: 1, active: true, lastRotatedAt: null, ...unused }] },
    ],
    [
      'with certificates',
      {
        cert_1_active: 'true',
        cert_1_last_rotated: '2025-01-02T03:04:05Z',
        cert_2_last_rotated: '2020-01-01T00:00:00Z',
      },
      {
        ...none,
        signingCertificates: [
          { number: 1, active: true, lastRotatedAt: '2025-01-02T03:04:05.000Z' },
          OLD,
        ],
      },
    ],
  ])('%s', (_, cells, credentials) => {
    expect([...credentialLines(reportWith(cells))]).toEqual([
      ['dana', { ...ROW, password: 'password_enabled' in cells, credentials }],
    ]);
  });

  it('has no facts that the report has no columns for', () => {
    expect(credentialLines(`${HEADER}\n${line('dana', 'true', 'true')}`).get('dana')).toEqual({
      ...ROW,
      mfa: true,
      password: true,
      credentials: none,
    });
  });

  // AWS documents additional_credentials_info, which is text and may contain commas.
  it.each([
    ['is cut short', `${COLUMNS}\ndana,arn:aws:iam::111122223333:user/dana,2024-03-01T09:00:00Z`],
    [
      'has more cells than columns',
      reportWith(
        { additional_credentials_info: '1 more, see ListAccessKeys' },
        `${COLUMNS},additional_credentials_info`,
      ),
    ],
    ['has no time of creation', reportWith({ user_creation_time: 'N/A' })],
    ['has a time that is none', reportWith({ user_creation_time: '2024-13-01T09:00:00Z' })],
  ])('is left out where it %s', (_, csv) => {
    expect(credentialLines(csv).size).toBe(0);
    expect(credentialRows(csv).size).toBe(0);
  });

  it('is refused with a text that is no such report', () => {
    expect(() => credentialLines('<html>')).toThrow('other columns');
  });
});
