import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Report, ReportedUser } from '../../../../events/report.ts';
import { cellsOf, cutToCells } from '../../../../functions/render/cells.ts';
import { table } from '../../../../functions/render/report/table.ts';
import {
  emptyAccount,
  everyState,
  fiveThousand,
  reportedCredentials,
  reportedDevice,
  reportedUser,
  reportOf,
  SOURCES,
} from '../../../fakes/report.ts';
import { expectGolden } from './golden.ts';

const plain = { width: 100, color: false };
const linesOf = (text: string) => text.trimEnd().split('\n');

describe('the table', () => {
  it.each([
    ['every state', everyState, plain, 'table.txt'],
    ['every user', everyState, { ...plain, all: true }, 'table.all.txt'],
    ['a narrow terminal', everyState, { ...plain, width: 60 }, 'table.narrow.txt'],
    ['in colour', everyState, { ...plain, color: true }, 'table.color.txt'],
    ['an empty account', emptyAccount, plain, 'table.empty.txt'],
  ])('is as in the golden file: %s', async (_, report, options, file) => {
    await expectGolden(table(report, options), file);
  });

  it('begins with a root user without MFA, and says nothing of one with MFA', () => {
    expect(linesOf(table(everyState, plain)).slice(0, 2)).toEqual([
      'Needs attention',
      '  ! The root user has no MFA device.',
    ]);
    expect(table(emptyAccount, plain)).not.toContain('root');
  });

  it('has the users without MFA first, then the exempt, then the protected', () => {
    const text = table(everyState, { ...plain, all: true });
    const names = [
      '-gina',
      '=1+1',
      '+frank',
      '@heidi',
      'mallory',
      'break-glass',
      'robot',
      'ivan',
      'alice',
      'bob',
      'carol',
    ];
    const rows = linesOf(text).slice(4);
    const at = names.map((name) => rows.findIndex((row) => row.startsWith(name)));
    expect(at).not.toContain(-1);
    expect(at).toEqual(at.toSorted((a, b) => a - b));
  });

  it('counts the protected users, and lists them only on request', () => {
    expect(table(everyState, plain)).toContain('3 protected users are not listed here.');
    expect(table(everyState, plain)).not.toContain('alice');
    expect(table(everyState, { ...plain, all: true })).not.toContain('not listed');
  });

  it('has the states in words', () => {
    const text = table(everyState, { ...plain, all: true });
    for (const words of ['unprotected', 'blocked', 'exempt', 'out of scope', 'protected']) {
      expect(text).toMatch(new RegExp(`  ${words}  `));
    }
    expect(text).not.toMatch(/out-of-scope/);
  });

  it.each([40, 60, 80, 100, 200])('fits a terminal of %i cells', (width) => {
    for (const report of [everyState, emptyAccount, fiveThousand]) {
      for (const line of linesOf(table(report, { width, color: false, all: true }))) {
        expect(cellsOf(line)).toBeLessThanOrEqual(width);
      }
    }
  });

  it('never cuts a name that fits a line', () => {
    const text = table(everyState, { ...plain, width: 64, all: true });
    for (const { name } of everyState.users) expect(text).toContain(name);
  });

  it('has a line a user and a few more', () => {
    expect(linesOf(table(fiveThousand, { width: 150, color: false })).length).toBeLessThan(5020);
  });

  it('names eight users of a finding, and counts the others', () => {
    const text = table(fiveThousand, { width: 200, color: false });
    expect(text).toContain('  ! 5,000 users are unprotected: ');
    expect(text).toContain(', and 4,992 more');
  });

  const byTag = { code: 'exempt-tag', text: 'exempt by the tag userType=Service' };
  const robot = (name: string, change: Partial<ReportedUser> = {}) =>
    reportedUser(name, { state: 'exempt', hasPassword: false, reasons: [byTag], ...change });

  it('says once what most users of a state have, and in a row what differs', () => {
    const text = table(
      reportOf([
        robot('bot-1'),
        robot('bot-2', {
          reasons: [{ ...byTag, text: `${byTag.text} until 2026-12-31` }],
          exemption: { inForce: true, reason: byTag, until: '2026-12-31' },
        }),
        robot('bot-3', {
          reasons: [{ code: 'exempt-name', text: 'exempt by the name pattern x-*' }],
        }),
      ]),
      { width: 120, color: false },
    );
    expect(text.split(byTag.text)).toHaveLength(2);
    expect(text).toContain(
      'Exempt, unless a row says otherwise: exempt by the tag userType=Service.',
    );
    expect(text).toMatch(/\nbot-1 +exempt +no +none\n/);
    expect(text).toMatch(/\nbot-2 +exempt +no +none +2026-12-31\n/);
    expect(text).toMatch(/\nbot-3 +exempt +no +none +exempt by the name pattern x-\*\n/);
  });

  it('repeats no reason that the state or a column says', () => {
    expect(table(everyState, { ...plain, all: true })).not.toMatch(
      /no MFA device,|no exemption|already blocked|MFA devices? \(/,
    );
  });

  it.each([40, 60, 80, 100, 160, 200])('loses nothing in %i columns', (width) => {
    const words = table(everyState, { width, color: false }).split(/\s+/).join(' ');
    const frank = words.slice(words.indexOf('+frank'), words.indexOf('@heidi blocked'));
    for (const fact of ['used 2026-02-27', '1 used 2026-03-01']) expect(frank).toContain(fact);
    const robotRow = words.slice(words.indexOf('robot exempt'), words.indexOf('ivan out'));
    for (const fact of ['2026-12-31', 'Amazon Bedrock API key', 'SSH key for CodeCommit']) {
      expect(robotRow).toContain(fact);
    }
  });

  it('is wider before it folds a column', () => {
    const headAt = (width: number) =>
      linesOf(table(everyState, { width, color: false, all: true }))
        .find((one) => one.startsWith('user '))
        ?.split(/ {2,}/);
    expect(headAt(60)).toEqual(['user', 'state', 'password']);
    expect(headAt(80)).toEqual(['user', 'state', 'password', 'access keys', 'MFA']);
    expect(headAt(100)).toEqual([...(headAt(80) ?? []), 'since']);
    expect(headAt(140)).toEqual([...(headAt(100) ?? []), 'exempt until', 'note']);
  });

  it('says how old the credential report is, and what could not be read', () => {
    const read = (change: Partial<Report['sources']>) =>
      table(
        reportOf([reportedUser('a', { state: 'blocked' })], { sources: { ...SOURCES, ...change } }),
        plain,
      );
    expect(read({})).toContain(
      'Sign-ins and keys: IAM’s credential report, 2 hours old (2026-03-01 10:00 UTC).',
    );
    const unread = (code: string) =>
      ({ status: 'not-read', problem: { code, text: 'AWS denied it' } }) as const;
    for (const [source, what] of [
      ['credentialReport', 'last sign-ins, access keys and signing certificates'],
      ['stateTable', 'since when users are blocked'],
      ['serviceCredentials', 'service-specific credentials'],
      ['sshKeys', 'SSH keys'],
    ] as const) {
      expect(read({ [source]: unread('denied') })).toContain(`Not known: ${what} (AWS denied it).`);
      expect(read({ [source]: unread('not-asked') })).not.toContain('Not known');
    }
  });

  it.each([
    ['2026-03-01T11:59:10.000Z', '0 minutes old'],
    ['2026-03-01T11:58:59.000Z', '1 minute old'],
    ['2026-03-01T11:00:00.000Z', '1 hour old'],
    // A clock may be behind IAM's.
    ['2026-03-01T12:00:05.000Z', '0 minutes old'],
  ])('counts the age of a report of %s', (generatedAt, age) => {
    const sources = { ...SOURCES, credentialReport: { status: 'read' as const, generatedAt } };
    expect(table(reportOf([reportedUser('a')], { sources }), plain)).toContain(`, ${age} (`);
  });

  it('is the same in colour, but for the colour', () => {
    const coloured = table(everyState, { ...plain, color: true, all: true });
    expect(stripVTControlCharacters(coloured)).toBe(table(everyState, { ...plain, all: true }));
    expect(coloured).toContain('\u001b[31m');
  });

  it('contains no control character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (name, text) => {
        const user = reportedUser(name, { reasons: [{ code: 'x', text }] });
        const shown = table(reportOf([user], { alias: text }), plain);
        expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        for (const line of linesOf(shown)) expect(cellsOf(line)).toBeLessThanOrEqual(100);
      }),
    );
  });
});

it('the table of docs/monitoring.md is one of these', () => {
  const used = (at: string | null) => ({
    accessKeys: [
      {
        number: 1 as const,
        active: true,
        lastRotatedAt: null,
        lastUsedAt: at,
        lastUsedService: null,
        lastUsedRegion: null,
      },
    ],
  });
  const byTag = { code: 'exempt-tag', text: 'exempt by the tag userType=Service' };
  const robot = (name: string, until: string | null, lastUse: string | null) =>
    reportedUser(name, {
      state: 'exempt',
      hasPassword: false,
      reasons: [{ ...byTag, text: until ? `${byTag.text} until ${until}` : byTag.text }],
      exemption: { inForce: true, reason: byTag, until },
      credentials: reportedCredentials(used(lastUse)),
    });
  const report = reportOf([
    robot('backup', '2026-12-31', '2026-03-01T02:00:00.000Z'),
    reportedUser('dana', {
      credentials: reportedCredentials({
        lastSignInAt: '2026-02-27T09:12:44.000Z',
        ...used('2026-02-27T09:20:00.000Z'),
      }),
    }),
    reportedUser('frank', {
      state: 'blocked',
      blocked: true,
      blockedSince: '2026-02-20T08:00:00.000Z',
      credentials: reportedCredentials({ lastSignInAt: '2026-02-12T09:12:44.000Z' }),
    }),
    robot('robot', null, null),
    reportedUser('alice', { state: 'protected', devices: [reportedDevice('GAHT1')] }),
  ]);
  const generatedAt = '2026-03-01T10:00:00.000Z';
  const sources = {
    ...report.sources,
    devices: { live: 3, virtualDevices: 0, credentialReport: 2, generatedAt },
    passwords: { live: 2, credentialReport: 3, generatedAt },
  };
  const [shown] = table({ ...report, sources }, { width: 120, color: false }).split('\n\nSettings');
  expect(readFileSync('docs/monitoring.md', 'utf8')).toContain(`\`\`\`text\n${shown}\n\`\`\``);
});

describe('cells of a terminal', () => {
  it.each([
    ['abc', 3],
    ['日本語', 6],
    ['e\u0301', 1],
    ['🔒', 2],
    ['', 0],
  ])('of %j are %i', (text, cells) => {
    expect(cellsOf(text)).toBe(cells);
  });

  it.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 5, 'abcd…'],
    ['日本語', 5, '日本…'],
    ['日本語', 4, '日…'],
    ['ab cdef', 4, 'ab…'],
    ['abc', 0, ''],
  ])('%j in %i is %j', (text, most, cut) => {
    expect(cutToCells(text, most)).toBe(cut);
  });
});
