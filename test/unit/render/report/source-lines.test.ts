import { describe, expect, it } from 'vitest';
import type { Report, Sources } from '../../../../events/report.ts';
import { nagios } from '../../../../functions/render/report/nagios.ts';
import { prometheus } from '../../../../functions/render/report/prometheus.ts';
import { prtgReading } from '../../../../functions/render/report/prtg.ts';
import {
  ageNote,
  organizationSourceLines,
  sourceLines,
  stateSourceLines,
} from '../../../../functions/render/report/source-lines.ts';
import { accountRead } from '../../../fakes/organization-report.ts';
import { reportedUser, reportOf, SOURCES } from '../../../fakes/report.ts';

const generatedAt = '2026-03-01T10:00:00.000Z';
const tooOld = {
  code: 'too-old',
  text: 'IAM made its credential report at 2026-03-01T10:00:00.000Z',
};
const denied = { code: 'denied', text: 'AWS denied iam:GenerateCredentialReport | #1' };

/** A report with these sources, two hours after the credential report. */
function reportFrom(change: Partial<Sources>, users = ['dana', 'erik']): Report {
  const of = users.map((name) => reportedUser(name, { state: 'protected', hasPassword: false }));
  return reportOf(of, { sources: { ...SOURCES, ...change } });
}

const devices = (live: number, virtualDevices: number, credentialReport: number) => ({
  live,
  virtualDevices,
  credentialReport,
  generatedAt: credentialReport > 0 ? generatedAt : null,
});
const passwords = (live: number, credentialReport: number) => ({
  live,
  credentialReport,
  generatedAt: credentialReport > 0 ? generatedAt : null,
});
const AGE = 'IAM’s credential report, 2 hours old (2026-03-01 10:00 UTC).';

describe('the sources for a person', () => {
  it.each<[string, Partial<Sources>, string[]]>([
    [
      'all live',
      { devices: devices(2, 0, 0), passwords: passwords(2, 0) },
      [`Sign-ins and keys: ${AGE}`, 'Read live: MFA devices and passwords.'],
    ],
    [
      'some of the credential report',
      { devices: devices(1, 4, 1), passwords: passwords(1, 5) },
      [
        `Sign-ins, keys, 5 of 6 passwords and the MFA devices of 1 user: ${AGE}`,
        'Read live: all other MFA devices and 1 of 6 passwords. Other devices of users with an authenticator app were not asked for.',
      ],
    ],
    [
      'all of the credential report',
      { devices: devices(0, 0, 2), passwords: passwords(0, 2) },
      [
        `Sign-ins, keys, passwords and the MFA devices of 2 users: ${AGE}`,
        'No MFA device and no password was read live.',
      ],
    ],
    [
      'all passwords of the credential report',
      { devices: devices(2, 0, 0), passwords: passwords(0, 2) },
      [`Sign-ins, keys and passwords: ${AGE}`, 'Read live: MFA devices.'],
    ],
    [
      'too old for --max-age',
      {
        devices: devices(2, 0, 0),
        passwords: passwords(2, 0),
        maxAge: { minutes: 90, problem: tooOld },
      },
      [
        `Sign-ins and keys: ${AGE}`,
        'Read live: MFA devices and passwords.',
        '--max-age 90m did not apply: IAM made its credential report at 2026-03-01T10:00:00.000Z.',
      ],
    ],
    [
      'without a credential report for --max-age',
      {
        credentialReport: { status: 'not-read', problem: denied },
        maxAge: { minutes: 240, problem: denied },
      },
      [
        'Read live: MFA devices and passwords.',
        `--max-age 4h did not apply: ${denied.text}.`,
        `Not known: last sign-ins, access keys and signing certificates (${denied.text}).`,
      ],
    ],
    [
      'with --max-age 0',
      { maxAge: { minutes: 0, problem: tooOld } },
      [
        `Sign-ins and keys: ${AGE}`,
        'Read live: MFA devices and passwords.',
        '--max-age 0m did not apply: IAM made its credential report at 2026-03-01T10:00:00.000Z.',
      ],
    ],
  ])('are said: %s', (_, change, lines) => {
    expect(sourceLines(reportFrom(change))).toEqual(lines);
  });

  it('are not said of an account without users', () => {
    expect(sourceLines(reportFrom({}, []))).toEqual([]);
    expect(organizationSourceLines([accountRead('empty', reportFrom({}, []))])).toEqual([]);
  });

  it('are summed in an organization, with the oldest report', () => {
    const older = '2026-03-01T08:30:00.000Z';
    const served = {
      devices: devices(0, 4, 2),
      passwords: { ...passwords(0, 6), generatedAt: older },
      credentialReport: { status: 'read' as const, generatedAt: older },
    };
    const all = [
      accountRead('payments', reportFrom({ passwords: passwords(2, 0) })),
      accountRead('shop', reportFrom(served)),
    ];
    expect(organizationSourceLines(all)).toEqual([
      'Sign-ins, keys, 6 of 8 passwords and the MFA devices of 2 users: the accounts’ credential reports, the oldest of 2026-03-01 08:30 UTC; ? is a user newer than that, or a fact that could not be read.',
      'Read live: all other MFA devices and 2 of 8 passwords. Other devices of users with an authenticator app were not asked for.',
    ]);
    // A table of states shows no sign-ins and keys.
    expect(stateSourceLines(all)).toEqual([
      '6 of 8 passwords and the MFA devices of 2 users: the accounts’ credential reports, the oldest of 2026-03-01 08:30 UTC.',
      'Read live: all other MFA devices and 2 of 8 passwords. Other devices of users with an authenticator app were not asked for.',
    ]);
  });

  it('name the accounts of an organization where something could not be read', () => {
    const problem = { status: 'not-read' as const, problem: denied };
    const unread = { credentialReport: problem, maxAge: { minutes: 60, problem: denied } };
    const all = ['payments', 'shop'].map((name) => accountRead(name, reportFrom(unread)));
    const where = 'In payments (111122223333); shop (111122223333).';
    expect(organizationSourceLines(all)).toEqual([
      'Read live: MFA devices and passwords.',
      `--max-age 1h did not apply: ${denied.text}. ${where}`,
      `Not known: last sign-ins, access keys and signing certificates (${denied.text}). ${where}`,
    ]);
    expect(stateSourceLines(all)).toEqual([
      'Read live: MFA devices and passwords.',
      `--max-age 1h did not apply: ${denied.text}. ${where}`,
    ]);
  });
});

describe('the age of an answer to a monitor', () => {
  const byReport = reportFrom({ devices: devices(0, 1, 1), passwords: passwords(0, 1) });
  const live = reportFrom({});
  const refused = reportFrom({ maxAge: { minutes: 30, problem: denied } });

  it.each<[string, Report[], string]>([
    ['all live', [live], ''],
    [
      'of the credential report',
      [byReport],
      '1 of 2 users read from IAM’s credential report, 2 hours old',
    ],
    ['too old for --max-age', [refused], `read live: ${denied.text}`],
    [
      'of several accounts',
      [live, byReport, refused],
      `1 of 6 users read from IAM’s credential report, 2 hours old; read live in 1 account: ${denied.text}`,
    ],
    [
      'of accounts that are read live for different causes',
      [live, refused, reportFrom({ maxAge: { minutes: 30, problem: tooOld } })],
      'read live in 2 accounts',
    ],
  ])('is in its text: %s', (_, reports, note) => {
    expect(ageNote(reports)).toBe(note);
  });

  it('is the oldest of several accounts', () => {
    const minutes = reportOf(byReport.users, { ...byReport, at: '2026-03-01T10:59:59.999Z' });
    expect(ageNote([minutes])).toContain('59 minutes old');
    expect(ageNote([minutes, byReport])).toBe(
      '2 of 4 users read from IAM’s credential report, 2 hours old',
    );
  });

  it('is no less than nothing where IAM’s clock is ahead', () => {
    const ahead = reportOf(byReport.users, { ...byReport, at: '2026-03-01T09:59:00.000Z' });
    expect(ageNote([ahead])).toContain('0 minutes old');
    expect(prometheus.render(ahead)).toContain(
      'mfa_enforcer_facts_age_seconds{account="111122223333"} 0\n',
    );
  });

  it('is in the text of Nagios and of PRTG, and a metric of Prometheus', () => {
    const note = '1 of 2 users read from IAM’s credential report, 2 hours old';
    expect(nagios.render(byReport)).toContain(`(2 users), ${note} | `);
    expect(prtgReading(byReport).text).toBe(
      `Every user with a password has an MFA device. ${note}`,
    );
    expect(prometheus.render(byReport)).toContain(
      'mfa_enforcer_facts_age_seconds{account="111122223333"} 7200\n',
    );
    expect(prometheus.render(live)).toContain(
      'mfa_enforcer_facts_age_seconds{account="111122223333"} 0\n',
    );
  });

  it('is harmless to both', () => {
    expect(nagios.render(refused).split('|')).toHaveLength(2);
    expect(prtgReading(refused).text).not.toContain('#');
  });

  it('leaves room for as many names as fit', () => {
    const users = Array.from({ length: 200 }, (_, index) => reportedUser(`user-${index}`));
    const { sources } = byReport;
    const report = reportOf(users, { sources });
    expect(nagios.render(report).split(' | ')[0]?.length).toBeLessThanOrEqual(720);
    expect(nagios.render(report)).toMatch(/; and \d+ more, .*2 hours old \| /);
    const many = reportOf(
      Array.from({ length: 500 }, (_, index) => reportedUser(`user-${index}`)),
      { sources },
    );
    const { text } = prtgReading(many);
    expect(text.length).toBeLessThanOrEqual(2000);
    expect(text).toMatch(/; and \d+ more\. 1 of 500 users .*2 hours old$/);
  });
});
