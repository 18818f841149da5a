import { type Report, type ReportedUser, Report as ReportSchema } from '../../events/report.ts';
import { DECIDED_BY, SETTINGS_FROM } from './report.ts';

const noMfa = { code: 'no-mfa', text: 'no MFA device' };
const notExempt = { code: 'not-exempt', text: 'no exemption' };

/** A protected user, with these changes. */
export function reportedUser(name: string, change: Partial<ReportedUser> = {}): ReportedUser {
  const phone = `arn:aws:iam::111122223333:mfa/${name}-phone`;
  return {
    name,
    arn: `arn:aws:iam::111122223333:user/${name}`,
    state: 'protected',
    reasons: [{ code: 'has-mfa', text: `1 MFA device (${phone})` }],
    hasPassword: true,
    devices: [phone],
    createdAt: '2024-03-01T08:30:00.000Z',
    blocked: false,
    ...change,
  };
}

/** An unprotected user. */
export function unprotectedUser(name: string, change: Partial<ReportedUser> = {}): ReportedUser {
  const reasons = [noMfa, notExempt];
  return reportedUser(name, { state: 'unprotected', devices: [], reasons, ...change });
}

/** A blocked user. */
export function blockedUser(name: string, change: Partial<ReportedUser> = {}): ReportedUser {
  const reasons = [noMfa, notExempt, { code: 'blocked', text: 'already blocked' }];
  return reportedUser(name, { state: 'blocked', blocked: true, devices: [], reasons, ...change });
}

/** A service user without a password, with these changes. */
export function exemptUser(name: string, change: Partial<ReportedUser> = {}): ReportedUser {
  const reasons = [{ code: 'exempt-tag', text: 'exempt by the tag userType=Service' }];
  const rest = { devices: [], hasPassword: false };
  return reportedUser(name, { state: 'exempt', reasons, ...rest, ...change });
}

/** A report of these users, with their totals. */
export function reportOf(users: readonly ReportedUser[], change: Partial<Report> = {}): Report {
  const of = (wanted: ReportedUser['state']) => users.filter(({ state }) => state === wanted);
  return ReportSchema.parse({
    schema: 'mfa-enforcer/report/1',
    account: '111122223333',
    alias: 'example',
    at: '2026-03-01T12:00:00.000Z',
    decidedBy: DECIDED_BY,
    settingsFrom: SETTINGS_FROM,
    totals: {
      users: users.length,
      protected: of('protected').length,
      blocked: of('blocked').length,
      unprotected: of('unprotected').length,
      exempt: of('exempt').length,
      outOfScope: of('out-of-scope').length,
    },
    rootMfa: true,
    users,
    ...change,
  });
}

/** A report with every state and everything that needs attention. */
export function reportOfEveryKind(): Report {
  const ended = 'exemption by the tag userType=Service ended: mfa-exempt-until=2026-01-31';
  const unreadable =
    'exemption by the tag userType=Service is invalid: mfa-exempt-until=31.12.2026 is not a date like 2026-12-31';
  return reportOf(
    [
      reportedUser('alice'),
      exemptUser('backup'),
      reportedUser('bob', { devices: ['GAHT12345678', 'GAHT87654321'], blocked: true }),
      exemptUser('break-glass', {
        hasPassword: true,
        reasons: [
          {
            code: 'break-glass',
            text: 'break-glass user (tag mfa-enforcer:break-glass=true), never blocked',
          },
        ],
      }),
      unprotectedUser('dana'),
      unprotectedUser('erin', { createdAt: null }),
      blockedUser('frank'),
      blockedUser('grafana', {
        reasons: [noMfa, { code: 'exemption-unreadable', text: unreadable }],
      }),
      exemptUser('jenkins', { hasPassword: true }),
      blockedUser('nagios', { reasons: [noMfa, { code: 'exemption-ended', text: ended }] }),
      reportedUser('reader', {
        state: 'out-of-scope',
        devices: [],
        hasPassword: false,
        reasons: [{ code: 'no-password', text: 'no console password (Scope=console-users)' }],
      }),
    ],
    { rootMfa: false },
  );
}
