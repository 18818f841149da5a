import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { type Report, type ReportedUser, Report as ReportSchema } from '../../events/report.ts';
import { prtgErrorXml, prtgXml } from '../../functions/render/prtg.ts';

function user(name: string, change: Partial<ReportedUser> = {}): ReportedUser {
  return {
    name,
    arn: `arn:aws:iam::111122223333:user/${name}`,
    state: 'exposed',
    reasons: [],
    hasPassword: true,
    devices: [],
    held: false,
    createdAt: null,
    ...change,
  };
}

function reportOf(users: readonly ReportedUser[], change: Partial<Report> = {}): Report {
  return ReportSchema.parse({
    schema: 'mfa-enforcer/report/1',
    account: '111122223333',
    alias: 'example',
    at: '2026-03-01T12:00:00.000Z',
    totals: { users: users.length, protected: 1, held: 2, exposed: 3, exempt: 4, outOfScope: 0 },
    rootMfa: true,
    users,
    ...change,
  });
}

interface Prtg {
  readonly prtg: {
    readonly result: {
      readonly channel: string;
      readonly value: number;
      readonly limitmaxerror?: number;
    }[];
    readonly text: string;
    readonly error?: number;
  };
}

function read(xml: string): Prtg['prtg'] {
  expect(XMLValidator.validate(xml)).toBe(true);
  return (new XMLParser().parse(xml) as Prtg).prtg;
}

describe('PRTG’s XML', () => {
  it('is this', () => {
    expect(prtgXml(reportOf([user('dana'), user('erin')]))).toMatchSnapshot();
  });

  it('counts in its first channel users with a password, no device and no exemption, and names them', () => {
    const { result, text } = read(
      prtgXml(
        reportOf([
          user('exposed'),
          user('held', { state: 'held', held: true }),
          user('no-password', { hasPassword: false }),
          user('protected', { state: 'protected', devices: ['S'] }),
          user('exempt', { state: 'exempt' }),
        ]),
      ),
    );
    expect(result[0]).toMatchObject({
      channel: 'Number of users without MFA devices registered',
      value: 2,
      limitmaxerror: 0,
    });
    expect(text).toBe('exposed; held');
  });

  it('has the other numbers in channels of their own', () => {
    const { result } = read(prtgXml(reportOf([], { rootMfa: false })));
    expect(result.map(({ channel, value }) => [channel, value])).toEqual([
      ['Number of users without MFA devices registered', 0],
      ['Users held by ForceMFA', 2],
      ['Users exposed', 3],
      ['Users exempt', 4],
      ['Root without MFA', 1],
    ]);
  });

  it('says so where there is nobody to name', () => {
    expect(read(prtgXml(reportOf([]))).text).toBe('Every user with a password has MFA');
  });

  it.each([1, 60, 5000])(
    'keeps its text to 2,000 characters, however many there are: %i',
    (count) => {
      const users = Array.from({ length: count }, (_, index) => user(`${'x'.repeat(58)}${index}`));
      const { text } = read(prtgXml(reportOf(users)));
      expect(text.length).toBeLessThanOrEqual(2000);
      const named = text.split('; ').filter((part) => part.startsWith('x')).length;
      const more = Number(/and (\d+) more$/.exec(text)?.[1] ?? 0);
      expect(named + more).toBe(count);
    },
  );

  it('is legal for every character a user name may have', () => {
    expect(read(prtgXml(reportOf([user('A_z0+=,.@-')]))).text).toBe('A_z0+=,.@-');
  });

  it('of a reading that failed is an error, and no number', () => {
    const read1 = read(prtgErrorXml('AccessDenied: <iam:ListUsers> & #more'));
    expect(read1).toEqual({ error: 1, text: 'AccessDenied: <iam:ListUsers> & more' });
  });
});
