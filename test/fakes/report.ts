import { type Report, type ReportedUser, Report as ReportSchema } from '../../events/report.ts';

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
    devices: [],
    createdAt: '2025-11-22T01:24:02.000Z',
    blocked: false,
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
    users,
    ...change,
  });
}

const virtual = (name: string) => `arn:aws:iam::${ACCOUNT}:mfa/${name}`;
const hasMfa = (text: string) => [{ code: 'has-mfa', text }];
const byTag = { code: 'exempt-tag', text: 'exempt by the tag userType=Service' };

// These texts, legal in a tag or not, must be harmless in every format.
const HOSTILE =
  'exemption by the tag a=<b>&"it\'s"|#1;\r\n# TYPE x gauge\n=2+5\u001b[31m\u202e\u{1f512}日本語';

/** Every state, and names with every legal character; some of them begin a formula in a spreadsheet. */
export const everyState: Report = reportOf(
  [
    reportedUser('+frank', { blocked: true, state: 'blocked' }),
    reportedUser('-gina', { hasPassword: false, createdAt: null }),
    reportedUser('=1+1,@A_z0.-'),
    reportedUser('@heidi', { blocked: true, state: 'blocked', hasPassword: false }),
    reportedUser('alice', {
      state: 'protected',
      devices: [virtual('alice-phone'), virtual('alice-laptop')],
      reasons: hasMfa(`2 MFA devices (${virtual('alice-phone')}, ${virtual('alice-laptop')})`),
    }),
    reportedUser('bob', {
      state: 'protected',
      hasPassword: false,
      devices: ['GAHT12345678'],
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
      devices: [virtual('carol')],
      reasons: [
        ...hasMfa(`1 MFA device (${virtual('carol')})`),
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
    reportedUser('robot', { state: 'exempt', hasPassword: false, reasons: [byTag] }),
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
