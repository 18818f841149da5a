import { describe, expect, it } from 'vitest';
import { nagios, nagiosStatuses } from '../../../../functions/render/report/nagios.ts';
import { pathOf } from '../../../fakes/organization-report.ts';
import {
  emptyAccount,
  everyState,
  fiveThousand,
  HOSTILE_PROBLEM,
  reportedUser,
  reportOf,
} from '../../../fakes/report.ts';
import { expectGolden } from './golden.ts';

const threshold = '(?:\\d+)?';
/** 'label'=value;warn;crit;min;max (Monitoring Plugins Development Guidelines). */
const NUMBER = new RegExp(`^'([^'=|]+)'=(\\d+)(?:;${threshold}){0,4}$`);

/** One line, its status, its text and its numbers. */
function read(line: string) {
  const [, status = '', text = '', numbers = ''] =
    /^MFA (OK|WARNING|CRITICAL): ([^|\p{Cc}]+) \| ([^|\p{Cc}]+)\n$/u.exec(line) ?? [];
  const values = numbers.split(/ (?=')/).map((number) => {
    const [, label = '', value = ''] = NUMBER.exec(number) ?? [];
    return [label, Number(value)] as const;
  });
  return {
    status,
    text,
    values: Object.fromEntries(values),
    labels: values.map(([label]) => label),
  };
}

describe('Nagios’s line', () => {
  it.each([
    ['every state', everyState, 'nagios.txt'],
    ['an empty account', emptyAccount, 'nagios.empty.txt'],
  ])('is as in the golden file: %s', async (_, report, file) => {
    await expectGolden(nagios.render(report), file);
  });

  it('of a reading that failed is UNKNOWN, with status 3', async () => {
    await expectGolden(nagios.failure('AccessDenied: iam:ListUsers | x\ny'), 'nagios.failure.txt');
    expect(nagiosStatuses.unknown).toBe(3);
  });

  it.each([
    [emptyAccount, 'OK', 'every user with a password has an MFA device (0 users)'],
    [
      reportOf([reportedUser('a'), reportedUser('b', { state: 'blocked' })]),
      'CRITICAL',
      '2 users with a password and no MFA device: a; b, 1 user unprotected (no MFA device, not blocked)',
    ],
    [
      reportOf([reportedUser('a', { state: 'blocked' })]),
      'CRITICAL',
      '1 user with a password and no MFA device: a',
    ],
    [
      reportOf([reportedUser('a', { hasPassword: false })]),
      'CRITICAL',
      '1 user unprotected (no MFA device, not blocked)',
    ],
    [reportOf([], { rootMfa: false }), 'CRITICAL', 'the root user has no MFA device'],
    [
      reportOf([reportedUser('a', { state: 'exempt' })]),
      'WARNING',
      '1 exempt user with a password and no MFA device: a',
    ],
  ])('names the findings: %#', (report, status, text) => {
    expect(read(nagios.render(report))).toMatchObject({ status, text });
  });

  it('has every number, under a label of its own', () => {
    const { values, labels } = read(
      nagios.render({ ...everyState, eventPath: pathOf({ latencyMs: 812 }) }),
    );
    expect(values).toEqual({
      'password without MFA': 4,
      blocked: 3,
      unprotected: 3,
      exempt: 2,
      'exempt with password': 1,
      'root without MFA': 1,
      users: 12,
      'event paths not proven': 0,
    });
    expect(new Set(labels).size).toBe(labels.length);
  });

  it('fits NRPE’s 1,024 bytes, however many users there are', () => {
    const exempt = fiveThousand.users.map((user) => ({ ...user, state: 'exempt' as const }));
    const both = reportOf([...fiveThousand.users, ...exempt], { rootMfa: false });
    for (const report of [fiveThousand, both]) {
      const line = nagios.render(report);
      expect(Buffer.byteLength(line)).toBeLessThan(1024);
      const { text, values } = read(line);
      const named = text.match(/x+\d+(?=[;,])/g)?.length ?? 0;
      const more = [...text.matchAll(/and (\d+) more/g)].map(([, count]) => Number(count));
      expect(named + more.reduce((sum, count) => sum + count, 0)).toBe(report.users.length);
      expect(values.users).toBe(report.users.length);
    }
  });

  it('takes no "|" and no line break from data', () => {
    const line = nagios.render(reportOf([reportedUser("a|b\nc'd\u0000")]));
    expect(read(line).text).toBe(
      "1 user with a password and no MFA device: a/b c'd , 1 user unprotected (no MFA device, not blocked)",
    );
    const failure = nagios.failure(HOSTILE_PROBLEM);
    expect(failure).toMatch(/^MFA UNKNOWN: [^|\p{Cc}]+\n$/u);
    expect(failure.length).toBeLessThan(1024);
  });
});
