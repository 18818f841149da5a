import { parse } from 'csv-parse/sync';
import { XMLParser } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import type { OrganizationReport } from '../../../../events/organization-report.ts';
import { organizationFormats } from '../../../../functions/render/report/formats.ts';
import { organizationNagiosStatus } from '../../../../functions/render/report/nagios.ts';
import { accountNotRead, accountRead, organizationOf } from '../../../fakes/organization-report.ts';
import {
  everyState,
  fiveThousand,
  reportedDevice,
  reportedUser,
  reportOf,
} from '../../../fakes/report.ts';
import { promtoolProblems } from '../report/promtool.ts';

const OTHER = '222233334444';
const BARE = '444455556666';
const clean = reportOf([
  reportedUser('olga', {
    state: 'protected',
    devices: [reportedDevice('GAHT12345678')],
    reasons: [],
  }),
]);
const exempt = reportOf(
  [
    reportedUser('robot', {
      state: 'exempt',
      reasons: [{ code: 'exempt-tag', text: 'is exempt' }],
    }),
  ],
  { account: OTHER },
);
const unprotected = reportOf([reportedUser('dana')], { account: OTHER });
const management = accountRead('Management', clean);
const bare = accountNotRead('Sandbox', BARE);

const render = (format: string, report: OrganizationReport) =>
  organizationFormats[format]?.(report) ?? '';

/** The organization's accounts besides a clean one, and the monitors' result. */
const cases: readonly [
  what: string,
  accounts: Parameters<typeof organizationOf>[0],
  nagios: [number, RegExp],
  prtg: string,
][] = [
  [
    'nothing else',
    [],
    [0, /^MFA OK: every user with a password has an MFA device \(1 user in 1 account\)/],
    'ok',
  ],
  [
    'a warning',
    [accountRead('payments', exempt)],
    [1, /^MFA WARNING: 1 exempt user with a password and no MFA device: robot \(payments\) \|/],
    'warning',
  ],
  [
    'a user without MFA',
    [accountRead('payments', unprotected)],
    [
      2,
      /^MFA CRITICAL: 1 user unprotected \(no MFA device, not blocked\), 1 user with a password and no MFA device: dana \(payments\) \|/,
    ],
    'error',
  ],
  [
    'an account that could not be read',
    [bare],
    [3, /^MFA UNKNOWN: 1 account could not be read: Sandbox \|/],
    'error',
  ],
  [
    'such an account and a warning: the unknown counts more',
    [bare, accountRead('payments', exempt)],
    [3, /^MFA UNKNOWN: 1 account could not be read: Sandbox, 1 exempt user/],
    'error',
  ],
  [
    'such an account and a user without MFA: the known counts more',
    [bare, accountRead('payments', unprotected)],
    [2, /^MFA CRITICAL: 1 account could not be read: Sandbox, 1 user unprotected/],
    'error',
  ],
];

describe.each(cases)('an organization with %s', (_, accounts, [status, line], prtg) => {
  const report = organizationOf([management, ...accounts]);
  const blind = accounts.filter((one) => one.status === 'not-read').length;

  it('has this for Nagios', () => {
    expect(organizationNagiosStatus(report)).toBe(status);
    expect(render('nagios', report)).toMatch(line);
    expect(render('nagios', report)).toContain(`'accounts not read'=${blind};;;0 `);
  });

  it('has this for PRTG', () => {
    const v2 = JSON.parse(render('prtg-v2', report)) as { status: string };
    expect(v2.status).toBe(prtg);
    const xml = new XMLParser().parse(render('prtg', report)) as {
      prtg: { result: { channel: string; value: number; limitmaxerror?: number }[] };
    };
    expect(xml.prtg.result).toHaveLength(8);
    expect(xml.prtg.result.at(-1)).toMatchObject({
      channel: 'Accounts not read',
      value: blind,
      limitmaxerror: 0,
    });
  });

  it('has this for Prometheus', () => {
    const text = render('prometheus', report);
    expect(promtoolProblems(text)).toEqual([]);
    expect(text).toContain(`mfa_enforcer_report_success ${blind === 0 ? 1 : 0}\n`);
    expect(text.includes(`mfa_enforcer_users{account="${BARE}"`)).toBe(false);
  });
});

describe('an organization’s', () => {
  it('channels are those of an account, summed, and two more behind them', () => {
    const two = organizationOf([
      accountRead('one', everyState),
      accountRead('two', { ...everyState, account: OTHER }),
    ]);
    const channels = (text: string) =>
      (JSON.parse(text) as { prtg: { result: { channel: string; value: number }[] } }).prtg.result;
    const sums = channels(render('prtg-json', two)).map(({ channel, value }) => [channel, value]);
    expect(sums).toEqual([
      ['Number of users without MFA devices registered', 8],
      ['Users blocked', 6],
      ['Users unprotected', 6],
      ['Users exempt', 4],
      ['Root without MFA', 2],
      ['Status (0 = ok, 1 = findings)', 1],
      ['Accounts read', 2],
      ['Accounts not read', 0],
    ]);
  });

  it('lines and messages stay within what monitors take', () => {
    const many = organizationOf([
      ...Array.from({ length: 50 }, (_, index) =>
        accountNotRead(`Account ${'x'.repeat(40)} ${index}`, String(100000000000 + index)),
      ),
      accountRead('y'.repeat(50), { ...fiveThousand, rootMfa: false }),
    ]);
    expect(Buffer.byteLength(render('nagios', many))).toBeLessThanOrEqual(1024);
    const v2 = JSON.parse(render('prtg-v2', many)) as { message: string };
    expect(v2.message.length).toBeLessThanOrEqual(2000);
    expect(v2.message).toMatch(
      /^50 accounts could not be read: .* Users with a password and no MFA device: /,
    );
  });

  it('hostile names do no harm', () => {
    const name = 'a"b\\c\n# TYPE x gauge\n|=1+1\u001b[31m#<x>';
    const ou = ['=cmd()', 'x"y'];
    const report = organizationOf([
      accountRead(name, { ...unprotected, rootMfa: false }, { ou }),
      accountNotRead(name, BARE, { ou }),
    ]);
    expect(promtoolProblems(render('prometheus', report))).toEqual([]);
    expect(render('nagios', report).match(/[\n|]/g)).toEqual(['|', '\n']);
    const rows = parse(render('csv', report), { columns: true }) as Record<string, string>[];
    expect(rows.map((row) => [row.name, row.state, row.ou])).toEqual([
      ['dana', 'unprotected', '\'=cmd()/x"y'],
      ['', 'not-read', '\'=cmd()/x"y'],
    ]);
    new XMLParser().parse(render('prtg', report), true);
  });
});
