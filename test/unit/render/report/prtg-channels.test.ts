import { describe, expect, it } from 'vitest';
import type { Report } from '../../../../events/report.ts';
import { prtgProblem, prtgReading } from '../../../../functions/render/report/prtg.ts';
import {
  emptyAccount,
  everyState,
  fiveThousand,
  HOSTILE_PROBLEM,
  reportedDevice,
  reportedUser,
  reportOf,
} from '../../../fakes/report.ts';

const exempt = { state: 'exempt' } as const;

describe('PRTG’s channels', () => {
  it('count first users with a password, no device and no exemption, and name them', () => {
    const { channels, text } = prtgReading(
      reportOf([
        reportedUser('unprotected'),
        reportedUser('blocked', { state: 'blocked', blocked: true }),
        reportedUser('no-password', { hasPassword: false }),
        reportedUser('protected', { state: 'protected', devices: [reportedDevice('S')] }),
        reportedUser('exempt', exempt),
      ]),
    );
    expect(channels[0]).toEqual({
      name: 'Number of users without MFA devices registered',
      value: 2,
      maxError: 0,
    });
    expect(text).toBe('unprotected; blocked');
  });

  it('then have the other numbers', () => {
    const { channels } = prtgReading(everyState);
    expect(channels.map(({ name, value }) => [name, value])).toEqual([
      ['Number of users without MFA devices registered', 4],
      ['Users blocked', 3],
      ['Users unprotected', 3],
      ['Users exempt', 2],
      ['Root without MFA', 1],
      ['Status (0 = ok, 1 = findings)', 1],
    ]);
  });

  const alarms: readonly [what: string, Report, alarming: readonly string[]][] = [
    ['an empty account', emptyAccount, []],
    [
      'blocked without a password',
      reportOf([reportedUser('a', { state: 'blocked', hasPassword: false })]),
      [],
    ],
    ['exempt with a password', reportOf([reportedUser('a', exempt)]), []],
    [
      'unprotected without a password',
      reportOf([reportedUser('a', { hasPassword: false })]),
      ['Users unprotected', 'Status (0 = ok, 1 = findings)'],
    ],
    [
      'blocked with a password',
      reportOf([reportedUser('a', { state: 'blocked' })]),
      ['Number of users without MFA devices registered', 'Status (0 = ok, 1 = findings)'],
    ],
    [
      'root',
      reportOf([], { rootMfa: false }),
      ['Root without MFA', 'Status (0 = ok, 1 = findings)'],
    ],
  ];
  it.each(alarms)('alarm by their own limits: %s', (_, report, alarming) => {
    const over = prtgReading(report).channels.filter(
      ({ value, maxError }) => maxError !== undefined && value > maxError,
    );
    expect(over.map(({ name }) => name)).toEqual(alarming);
  });

  it.each([
    ['all users have MFA', emptyAccount, 'Every user with a password has an MFA device'],
    [
      'some are exempt',
      reportOf([reportedUser('a', exempt)]),
      'Every user with a password has an MFA device or is exempt. 1 exempt user with a password and no MFA device: a',
    ],
    [
      'an exempt user is still blocked',
      reportOf([
        reportedUser('a', { state: 'exempt', devices: [reportedDevice('S')], blocked: true }),
      ]),
      'Every user with a password has an MFA device. 1 user blocked without need: a',
    ],
    ['only root lacks MFA', reportOf([], { rootMfa: false }), 'The root user has no MFA device'],
    [
      'root and an access key',
      reportOf([reportedUser('a', { hasPassword: false })], { rootMfa: false }),
      'The root user has no MFA device. 1 user unprotected (no MFA device, not blocked)',
    ],
  ])('say what was found where no user has a password and no MFA device: %s', (_, report, text) => {
    expect(prtgReading(report).text).toBe(text);
  });

  it.each([1, 30, 31, 60, 5000])('keep the text to 2,000 characters: %i users', (count) => {
    const users = Array.from({ length: count }, (_, index) =>
      reportedUser(String(index).padStart(64, 'x')),
    );
    const { text } = prtgReading(reportOf(users));
    expect(text.length).toBeLessThanOrEqual(2000);
    const named = text.split('; ').filter((part) => part.startsWith('x')).length;
    const more = Number(/and (\d+) more$/.exec(text)?.[1] ?? 0);
    expect(named + more).toBe(count);
  });

  it.each([everyState, emptyAccount, fiveThousand])(
    'are at most 50, with names of their own',
    ({ ...report }) => {
      const names = prtgReading(report).channels.map(({ name }) => name);
      expect(names.length).toBeLessThanOrEqual(50);
      expect(new Set(names).size).toBe(names.length);
    },
  );

  it('take nothing of a problem that PRTG does not', () => {
    const text = prtgProblem(HOSTILE_PROBLEM);
    expect(text).toMatch(/^AccessDenied: <iam:ListUsers> & "1" \| {3}TYPE x gauge \[31m long .*…$/);
    expect(text).toHaveLength(2000);
  });
});
