import { HistoryLine } from '../../events/history.ts';
import { type Report, type ReportedUser, Report as ReportSchema } from '../../events/report.ts';
import {
  DECIDED_BY,
  reportedCredentials,
  reportedDevice,
  SETTINGS_FROM,
  SOURCES,
} from './report.ts';

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
    passwordFrom: 'live',
    devices: [reportedDevice(phone)],
    devicesFrom: 'live',
    createdAt: '2024-03-01T08:30:00.000Z',
    blocked: false,
    blockedSince: null,
    refusedSince: null,
    exemption: null,
    credentials: reportedCredentials(),
    enrolmentProblem: null,
    serviceCredentials: [],
    sshKeys: [],
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
    partition: 'aws',
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
    sources: SOURCES,
    users,
    ...change,
  });
}

const usedKey = {
  number: 1 as const,
  active: true,
  lastRotatedAt: '2025-01-10T08:00:00.000Z',
  lastUsedAt: '2026-02-28T22:10:00.000Z',
  lastUsedService: 's3',
  lastUsedRegion: 'eu-central-1',
};

/** A report with every state and everything that needs attention. */
export function reportOfEveryKind(): Report {
  const ended = 'exemption by the tag userType=Service ended: mfa-exempt-until=2026-01-31';
  const unreadable =
    'exemption by the tag userType=Service is invalid: mfa-exempt-until=31.12.2026 is not a date like 2026-12-31';
  return reportOf(
    [
      reportedUser('alice'),
      exemptUser('backup', {
        credentials: reportedCredentials({ accessKeys: [usedKey] }),
        exemption: {
          inForce: true,
          reason: { code: 'exempt-tag', text: 'exempt by the tag userType=Service' },
          until: '2026-12-31',
        },
      }),
      reportedUser('bob', {
        devices: ['GAHT12345678', 'GAHT87654321'].map(reportedDevice),
        blocked: true,
      }),
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
      unprotectedUser('erin', { createdAt: null, refusedSince: '2026-02-28T09:00:00.000Z' }),
      blockedUser('frank', { blockedSince: '2026-02-20T07:00:00.000Z' }),
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

const when = (days: number) =>
  new Date(Date.UTC(2026, 1, 28, 9, 12) - days * 86_400_000).toISOString();

/** An account as companies have it: so many users, most of them protected, and some of everything else. */
export function reportOfCompany(size: number, change: Partial<Report> = {}): Report {
  const key = (number: 1 | 2, days: number | null) => ({
    number,
    active: true,
    lastRotatedAt: when(400),
    lastUsedAt: days === null ? null : when(days),
    lastUsedService: days === null ? null : 's3',
    lastUsedRegion: days === null ? null : 'eu-central-1',
  });
  const kinds = ['mfa/phone', 'u2f/user/key', 'GAHT'] as const;
  const users = Array.from({ length: size }, (_, index) => {
    const name = `${['ana', 'ben', 'chloe', 'deniz', 'eva', 'farid'][index % 6]}.${['meyer', 'okafor', 'smith', 'tanaka'][index % 4]}-${index}`;
    const credentials = reportedCredentials({
      lastSignInAt: index % 5 === 0 ? null : when(index % 90),
      passwordChangedAt: when(200),
      accessKeys: index % 3 === 0 ? [key(1, index % 40)] : [],
    });
    const kind = kinds[index % 9 === 0 ? 2 : index % 4 === 0 ? 1 : 0] ?? 'mfa/phone';
    const serial =
      kind === 'GAHT' ? `GAHT1234${index}` : `arn:aws:iam::111122223333:${kind}-${index}`;
    if (index % 20 === 3) return unprotectedUser(name, { credentials });
    if (index % 10 === 4) return blockedUser(name, { credentials, blockedSince: when(index % 30) });
    if (index % 8 === 5) {
      const reason = { code: 'exempt-tag', text: 'exempt by the tag userType=Service' };
      return exemptUser(`svc-${name}`, {
        hasPassword: index % 16 === 5 && index > 60,
        credentials: { ...credentials, accessKeys: [key(1, 0), key(2, null)] },
        exemption: { inForce: true, reason, until: index % 16 === 5 ? '2026-12-31' : null },
        serviceCredentials:
          index % 24 === 5
            ? [
                {
                  id: `ACCA${index}`,
                  service: 'bedrock.amazonaws.com',
                  status: 'active' as const,
                  createdAt: when(30),
                  expiresAt: null,
                },
              ]
            : [],
      });
    }
    return reportedUser(name, {
      credentials,
      devices: [reportedDevice(serial)],
      sshKeys: null,
      reasons: [{ code: 'has-mfa', text: `1 MFA device (${serial})` }],
    });
  });
  return reportOf(users, change);
}

/** The lines of a history that ends at a report. */
export function historyOf(
  numbers: readonly (readonly [unprotected: number, blocked: number])[],
): HistoryLine[] {
  return numbers.map(([unprotected, blocked], index) =>
    HistoryLine.parse({
      schema: 'mfa-enforcer/history/1',
      at: new Date(
        Date.UTC(2026, 2, 1, 12) - (numbers.length - 1 - index) * 7 * 86_400_000,
      ).toISOString(),
      of: '111122223333',
      totals: { users: 79, protected: 60, blocked, unprotected, exempt: 3, outOfScope: 0 },
      withoutMfa: unprotected + blocked,
      exemptWithPassword: 0,
      rootWithoutMfa: 0,
      notRead: 0,
    }),
  );
}
