import { describe, expect, it } from 'vitest';
import type { Report } from '../../../../events/report.ts';
import { findingsOf } from '../../../../functions/render/report/findings.ts';
import { nagiosStatus } from '../../../../functions/render/report/nagios.ts';
import {
  emptyAccount,
  everyState,
  reportedDevice,
  reportedUser,
  reportOf,
} from '../../../fakes/report.ts';

const one = (change: Parameters<typeof reportedUser>[1]) => reportOf([reportedUser('a', change)]);

const levels: readonly [what: string, Report, level: string, status: number][] = [
  ['an empty account', emptyAccount, 'ok', 0],
  ['protected', one({ state: 'protected', devices: [reportedDevice('S')] }), 'ok', 0],
  ['out of scope', one({ state: 'out-of-scope', hasPassword: false }), 'ok', 0],
  ['blocked, no password', one({ state: 'blocked', hasPassword: false }), 'ok', 0],
  ['exempt, no password', one({ state: 'exempt', hasPassword: false }), 'ok', 0],
  ['exempt, password', one({ state: 'exempt' }), 'warning', 1],
  ['blocked, password', one({ state: 'blocked' }), 'critical', 2],
  ['unprotected, password', one({}), 'critical', 2],
  ['unprotected, no password', one({ hasPassword: false }), 'critical', 2],
  ['root without MFA', reportOf([], { rootMfa: false }), 'critical', 2],
];

describe('findings', () => {
  it.each(levels)('of %s', (_, report, level, status) => {
    expect(findingsOf(report).level).toBe(level);
    expect(nagiosStatus(report)).toBe(status);
  });

  it('name the users with a password and no device', () => {
    expect(findingsOf(everyState)).toEqual({
      level: 'critical',
      withoutMfa: ['+frank', '=1+1,@A_z0.-', 'mallory', 'x'.repeat(64)],
      exemptWithPassword: ['break-glass'],
      unprotected: 3,
      rootWithoutMfa: true,
      blockedWithoutNeed: [],
      eventPath: null,
      pathsNotProven: null,
    });
  });

  it.each([
    ['exempt', true, 'warning'],
    ['out-of-scope', true, 'warning'],
    ['exempt', false, 'ok'],
    // Unblock may be "never", or the unblock is due: the user can sign in with MFA.
    ['protected', true, 'ok'],
  ] as const)('of a user who is %s and blocked (%s): %s', (state, blocked, level) => {
    const devices = state === 'protected' ? [reportedDevice('GAHT1')] : [];
    const user = reportedUser('robot', { state, blocked, devices, hasPassword: false });
    expect(findingsOf(reportOf([user]))).toMatchObject({
      level,
      blockedWithoutNeed: level === 'warning' ? ['robot'] : [],
    });
  });
});
