import {
  type Report,
  type ReportedDevice,
  type ReportedUser,
  Report as ReportSchema,
} from '../../events/report.ts';
import { mfaDeviceKind } from '../../functions/domain/accounts/mfa-device-kind.ts';

const ACCOUNT = '111122223333';

/** The default settings in words. */
export const DECIDED_BY =
  'mode enforce, scope all-users, unblock on-enrolment, exempt tags userType:Service, block limit auto';

/** They are those of the deployed stack. */
export const SETTINGS_FROM: Report['settingsFrom'] = {
  kind: 'stack',
  stack: 'iam-mfa-enforcer-prod',
  overridden: {},
};

/** Both in a sentence. */
export const SETTINGS_LINE = `Settings (from stack iam-mfa-enforcer-prod): ${DECIDED_BY}.`;

/** IAM's report was two hours old, the state table was read, and every device and password was read live. */
export const SOURCES: Report['sources'] = {
  devices: { live: 6, virtualDevices: 0, credentialReport: 0, generatedAt: null },
  passwords: { live: 6, credentialReport: 0, generatedAt: null },
  maxAge: null,
  credentialReport: { status: 'read', generatedAt: '2026-03-01T10:00:00.000Z' },
  stateTable: { status: 'read' },
  serviceCredentials: { status: 'read' },
  sshKeys: { status: 'read' },
};

/** A device of a report. */
export function reportedDevice(serial: string): ReportedDevice {
  return { serial, kind: mfaDeviceKind(serial), enrolledAt: '2025-12-01T08:00:00.000Z' };
}

/** What the credential report says of a user who has never signed in, with these changes. */
export function reportedCredentials(
  change: Partial<NonNullable<ReportedUser['credentials']>> = {},
): NonNullable<ReportedUser['credentials']> {
  return {
    lastSignInAt: null,
    passwordChangedAt: null,
    accessKeys: [],
    signingCertificates: [],
    ...change,
  };
}

/** A user of a report: unprotected and with a password, with these changes. */
export function reportedUser(name: string, change: Partial<ReportedUser> = {}): ReportedUser {
  return {
    name,
    arn: `arn:aws:iam::${ACCOUNT}:user/${name}`,
    state: 'unprotected',
    reasons: [
      { code: 'no-mfa', text: 'no MFA device' },
      { code: 'not-exempt', text: 'no exemption' },
    ],
    hasPassword: true,
    passwordFrom: 'live',
    devices: [],
    devicesFrom: 'live',
    createdAt: '2025-11-22T01:24:02.000Z',
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

/** A report of these users, with their totals. */
export function reportOf(
  users: readonly ReportedUser[],
  change: Partial<Omit<Report, 'users'>> = {},
): Report {
  const count = (state: ReportedUser['state']) =>
    users.filter((user) => user.state === state).length;
  return ReportSchema.parse({
    schema: 'mfa-enforcer/report/1',
    account: ACCOUNT,
    partition: 'aws',
    alias: 'example',
    at: '2026-03-01T12:00:00.000Z',
    decidedBy: DECIDED_BY,
    settingsFrom: SETTINGS_FROM,
    totals: {
      users: users.length,
      protected: count('protected'),
      blocked: count('blocked'),
      unprotected: count('unprotected'),
      exempt: count('exempt'),
      outOfScope: count('out-of-scope'),
    },
    rootMfa: true,
    sources: SOURCES,
    users,
    ...change,
  });
}

const virtual = (name: string) => `arn:aws:iam::${ACCOUNT}:mfa/${name}`;
const phone = (name: string) => reportedDevice(virtual(name));
const hasMfa = (text: string) => [{ code: 'has-mfa', text }];
const activeKey = {
  number: 1 as const,
  active: true,
  lastRotatedAt: '2025-11-22T01:30:00.000Z',
  lastUsedAt: '2026-03-01T09:40:00.000Z',
  lastUsedService: 's3',
  lastUsedRegion: 'eu-central-1',
};
const neverUsed = { lastUsedAt: null, lastUsedService: null, lastUsedRegion: null };
const byTag = { code: 'exempt-tag', text: 'exempt by the tag userType=Service' };

// These texts, legal in a tag or not, must be harmless in every format.
const HOSTILE =
  'exemption by the tag a=<b>&"it\'s"|#1;\r\n# TYPE x gauge\n=2+5\u001b[31m\u202e\u{1f512}日本語';

/** Every state, and names with every legal character; some of them begin a formula in a spreadsheet. */
export const everyState: Report = reportOf(
  [
    reportedUser('+frank', {
      blocked: true,
      state: 'blocked',
      blockedSince: '2026-02-27T16:20:31.412Z',
      credentials: reportedCredentials({
        lastSignInAt: '2026-02-27T09:12:44.000Z',
        passwordChangedAt: '2025-11-22T01:24:02.000Z',
        accessKeys: [activeKey, { ...activeKey, number: 2, active: false, ...neverUsed }],
      }),
    }),
    reportedUser('-gina', { hasPassword: false, createdAt: null, credentials: null }),
    reportedUser('=1+1,@A_z0.-'),
    reportedUser('@heidi', {
      blocked: true,
      state: 'blocked',
      hasPassword: false,
      enrolmentProblem: {
        code: 'boundary-denies-enrolling',
        text: `cannot enrol: the permissions boundary arn:aws:iam::${ACCOUNT}:policy/developer does not allow iam:EnableMFADevice. Allow it there, or remove the boundary`,
      },
    }),
    reportedUser('alice', {
      state: 'protected',
      devices: [phone('alice-phone'), phone('alice-laptop')],
      reasons: hasMfa(`2 MFA devices (${virtual('alice-phone')}, ${virtual('alice-laptop')})`),
    }),
    reportedUser('bob', {
      state: 'protected',
      hasPassword: false,
      devices: [reportedDevice('GAHT12345678')],
      reasons: hasMfa('1 MFA device (GAHT12345678)'),
    }),
    reportedUser('break-glass', {
      state: 'exempt',
      reasons: [
        {
          code: 'break-glass',
          text: 'break-glass user (tag mfa-enforcer:break-glass=true), never blocked',
        },
      ],
    }),
    reportedUser('carol', {
      state: 'protected',
      blocked: true,
      devices: [phone('carol'), reportedDevice(`arn:aws:iam::${ACCOUNT}:u2f/user/carol/key-1`)],
      reasons: [
        ...hasMfa(
          `2 MFA devices (${virtual('carol')}, arn:aws:iam::${ACCOUNT}:u2f/user/carol/key-1)`,
        ),
        { code: 'unblock-never', text: 'stays blocked because Unblock is never' },
      ],
    }),
    reportedUser('ivan', {
      state: 'out-of-scope',
      hasPassword: false,
      reasons: [{ code: 'no-password', text: 'no console password (Scope=console-users)' }],
    }),
    reportedUser('mallory', {
      blocked: true,
      state: 'blocked',
      reasons: [
        { code: 'no-mfa', text: 'no MFA device' },
        { code: 'exemption-unreadable', text: HOSTILE },
        { code: 'blocked', text: 'already blocked' },
      ],
    }),
    reportedUser('robot', {
      state: 'exempt',
      hasPassword: false,
      reasons: [byTag],
      exemption: { inForce: true, reason: byTag, until: '2026-12-31' },
      credentials: reportedCredentials({
        accessKeys: [{ ...activeKey, lastUsedRegion: null }],
        signingCertificates: [
          { number: 1, active: true, lastRotatedAt: '2024-05-01T10:00:00.000Z' },
        ],
      }),
      serviceCredentials: [
        {
          id: 'ACCAEXAMPLE1',
          service: 'bedrock.amazonaws.com',
          status: 'active',
          createdAt: '2026-01-05T10:00:00.000Z',
          expiresAt: '2026-04-05T10:00:00.000Z',
        },
        {
          id: 'ACCAEXAMPLE2',
          service: 'codecommit.amazonaws.com',
          status: 'inactive',
          createdAt: '2025-01-05T10:00:00.000Z',
          expiresAt: null,
        },
      ],
      sshKeys: [{ id: 'APKAEXAMPLE1', active: true, uploadedAt: '2025-02-05T10:00:00.000Z' }],
    }),
    reportedUser('x'.repeat(64)),
  ],
  { rootMfa: false },
);

export const emptyAccount: Report = reportOf([], { alias: null });

/** 5,000 users, the default quota, without MFA and with names of the greatest length. */
export const fiveThousand: Report = reportOf(
  Array.from({ length: 5000 }, (_, index) => reportedUser(String(index).padStart(64, 'x'))),
);

/** The error of a failed reading: AWS's message, and hostile text in it. */
export const HOSTILE_PROBLEM = `AccessDenied: <iam:ListUsers> & "#1" | \r\n# TYPE x gauge\u001b[31m ${'long '.repeat(600)}`;
