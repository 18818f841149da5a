import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OrganizationReport } from '../../../events/organization-report.ts';
import { OrganizationPlan } from '../../../events/plan.ts';
import { sayNotRead } from '../../../functions/commands/read-organization.ts';
import { type Ran, run } from '../../fakes/command.ts';
import { deployedStack } from '../../fakes/iam-endpoint.ts';
import { OrganizationServer } from '../../fakes/organization-server.ts';
import { SETTINGS_FROM } from '../../fakes/report.ts';
import { say, terminalOf } from '../../fakes/shell.ts';

const HUB = '111122223333';
const PAYMENTS = '222233334444';
const DEVELOPMENT = '333344445555';
const BARE = '444455556666';
const SUSPENDED = '555566667777';

const password = true;
const phone = (account: string, user: string) => ({
  password,
  devices: [`arn:aws:iam::${account}:mfa/${user}`],
});

const started: OrganizationServer[] = [];
afterAll(async () => {
  await Promise.all(started.splice(0).map((one) => one.stop()));
});

/** A hub, and two accounts that can be read: payments has one unprotected user, Development observes. */
async function readable(): Promise<OrganizationServer> {
  const organization = await OrganizationServer.start();
  started.push(organization);
  organization.hub.iam.put('admin', phone(HUB, 'admin'));
  const payments = await organization.add(PAYMENTS, 'payments', ['Workloads', 'Prod'], {
    'mfa-enforcer:mode': 'enforce',
    'mfa-enforcer:block-limit': '7',
  });
  payments.iam.alias = 'acme-payments';
  payments.iam.put('olga', phone(PAYMENTS, 'olga'));
  payments.iam.put('dana', { password });
  const development = await organization.add(DEVELOPMENT, 'Development', ['Workloads', 'Dev'], {
    'mfa-enforcer:mode': 'observe',
  });
  development.iam.put('erin', { password });
  development.iam.put('jenkins', { tags: { userType: 'Service' } });
  return organization;
}

/** The same, and two accounts that cannot be read. */
async function troubled(): Promise<OrganizationServer> {
  const organization = await readable();
  await organization.add(BARE, 'Sandbox', ['Sandboxes'], null);
  await organization.add(SUSPENDED, 'Old shop', ['Suspended'], {}, 'SUSPENDED');
  return organization;
}

const reportOf = ({ stdout }: Ran) => OrganizationReport.parse(JSON.parse(stdout));
const onlyRead = ({ accounts }: OrganizationReport) =>
  accounts.filter((one) => one.status === 'read');

describe('report --organization', () => {
  let organization: OrganizationServer;
  let ran: Ran;
  let report: OrganizationReport;
  beforeAll(async () => {
    organization = await troubled();
    ran = await run(organization.endpoint, ['report', '--organization', '--json']);
    report = reportOf(ran);
  });

  it('reads every account that can be read, each with its place, mode and settings', () => {
    const read = onlyRead(report).map(({ account, name, ou, mode, report: { totals, users } }) => ({
      account,
      name,
      ou,
      mode,
      unprotected: totals.unprotected,
      users: users.map((user) => user.name),
    }));
    expect(read).toEqual([
      {
        account: HUB,
        name: 'Management',
        ou: [],
        mode: 'enforce',
        unprotected: 0,
        users: ['admin'],
      },
      {
        account: DEVELOPMENT,
        name: 'Development',
        ou: ['Workloads', 'Dev'],
        mode: 'observe',
        unprotected: 1,
        users: ['erin', 'jenkins'],
      },
      {
        account: PAYMENTS,
        name: 'payments',
        ou: ['Workloads', 'Prod'],
        mode: 'enforce',
        unprotected: 1,
        users: ['dana', 'olga'],
      },
    ]);
    const payments = onlyRead(report).find(({ account }) => account === PAYMENTS);
    expect(payments?.report).toMatchObject({ account: PAYMENTS, alias: 'acme-payments' });
    expect(payments?.report.decidedBy).toContain('block limit 7');
  });

  it('has the reason for each account that could not be read, and counts none of its users', () => {
    const not = report.accounts.flatMap((one) =>
      one.status === 'not-read' ? [[one.account, one.problem.code]] : [],
    );
    expect(Object.fromEntries(not)).toEqual({
      [BARE]: 'role-not-assumable',
      [SUSPENDED]: 'inactive',
    });
    expect(report.counts).toEqual({ listed: 5, read: 3, notRead: 2, leftOut: 0 });
    expect(report.totals).toMatchObject({ users: 5, unprotected: 2, exempt: 1, protected: 2 });
  });

  it('reports that it is incomplete, on standard error and by its exit status', () => {
    expect(ran.status).toBe(3);
    expect(ran.stderr).toMatch(/^2 of 5 accounts could not be read:\n/);
    expect(ran.stderr).toContain(
      'Sandbox (444455556666): the role arn:aws:iam::444455556666:role/',
    );
  });

  it('assumes a role in the other active accounts only, and writes nothing anywhere', () => {
    expect(organization.assumed.toSorted()).toEqual([PAYMENTS, DEVELOPMENT].toSorted());
    for (const { server } of organization.accounts) expect(server.iam.writes).toEqual([]);
  });

  it('shows what could not be read first, then the roll-up, then the unprotected users of each account', async () => {
    const { stdout, status, stderr } = await run(organization.endpoint, [
      'report',
      '--organization',
      '--accounts',
      `${HUB},${PAYMENTS},${BARE},${SUSPENDED}`,
    ]);
    expect({ status, stderr }).toEqual({ status: 3, stderr: '' });
    const places = [
      '2 of 4 accounts could not be read: nothing is known about their users.',
      'Sandbox (444455556666): the role',
      'Organization o-exampleorg, 2 of 4 accounts read (1 more not selected)',
      'Sandboxes ',
      'payments (222233334444)  ',
      'Needs attention',
      'dana  unprotected  password, no MFA device, no exemption',
      'Settings (from stack iam-mfa-enforcer-prod): mode enforce, scope all-users',
    ].map((text) => [text, stdout.indexOf(text)] as const);
    expect(places.filter(([, at]) => at === -1)).toEqual([]);
    expect(places.map(([, at]) => at)).toEqual(
      places.map(([, at]) => at).toSorted((a, b) => a - b),
    );
    // A unit of which nothing is known shows no zeros.
    expect(stdout).toMatch(/^Sandboxes +\? +\? +\? +\? +1 not read$/m);
  });
});

describe('report --organization where everything can be read', () => {
  let organization: OrganizationServer;
  beforeAll(async () => {
    organization = await readable();
  });
  const report = (...args: string[]) =>
    run(organization.endpoint, ['report', '--organization', ...args]);

  it('has findings, and is clean where there are none', async () => {
    expect(await report('--json')).toMatchObject({ status: 1, stderr: '' });
    expect(await report('--accounts', HUB)).toMatchObject({ status: 0, stderr: '' });
  });

  it('reads what is below a unit, however deep', async () => {
    const names = async (unit: string) =>
      reportOf(await report('--json', '--ou', organization.unit(unit))).accounts.map(
        ({ name }) => name,
      );
    expect(await names('Workloads')).toEqual(['Development', 'payments']);
    expect(await names('Workloads/Prod')).toEqual(['payments']);
  });

  it('refuses an account or a unit that is not in the organization', async () => {
    const account = await report('--accounts', '999999999999');
    expect(account).toMatchObject({ status: 2, stdout: '' });
    expect(account.stderr).toContain('There is no account 999999999999 in the organization.');
    const unit = await report('--ou', 'ou-exam-99999999');
    expect(unit).toMatchObject({ status: 2, stdout: '' });
    expect(await report('--accounts', 'payments')).toMatchObject({ status: 2, stdout: '' });
  });

  it('is one file of users for a spreadsheet', async () => {
    const { stdout } = await report('-f', 'csv');
    const rows = parse(stdout, { columns: true }) as Record<string, string>[];
    expect(rows.map((row) => [row.name, row.account, row.account_name, row.ou, row.mode])).toEqual([
      ['admin', HUB, 'Management', '', 'enforce'],
      ['erin', DEVELOPMENT, 'Development', 'Workloads/Dev', 'observe'],
      ['jenkins', DEVELOPMENT, 'Development', 'Workloads/Dev', 'observe'],
      ['dana', PAYMENTS, 'payments', 'Workloads/Prod', 'enforce'],
      ['olga', PAYMENTS, 'payments', 'Workloads/Prod', 'enforce'],
    ]);
  });

  it('is a page', async () => {
    const { stdout, status } = await report('-f', 'html');
    expect(status).toBe(1);
    expect(stdout).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
    for (const name of ['payments', 'Development', 'dana', 'erin', 'Prod']) {
      expect(stdout).toContain(name);
    }
  });

  it('plans for every account, with its own mode', async () => {
    const { stdout, status } = await run(organization.endpoint, [
      'plan',
      '--organization',
      '--json',
    ]);
    expect(status).toBe(1);
    const plan = OrganizationPlan.parse(JSON.parse(stdout));
    expect(plan.totals).toEqual({ blocks: 2, unblocks: 0 });
    const blocks = plan.accounts.map((one) => [
      one.name,
      one.status === 'read' ? [one.mode, one.plan.blocks.map(({ user }) => user)] : null,
    ]);
    expect(blocks).toEqual([
      ['Management', ['enforce', []]],
      ['Development', ['observe', ['erin']]],
      ['payments', ['enforce', ['dana']]],
    ]);
    const words = await run(organization.endpoint, ['plan', '--organization']);
    expect(words.stdout).toContain(
      'Development (333344445555), in observe mode: nothing would be done',
    );
    expect(words.stdout).toContain('  1 user would be blocked:\n    dana: no MFA device');
    expect(words.stdout).toContain('No changes needed in 1 account.');
  });

  it('explains a user of another account, and of its own', async () => {
    const explain = (...args: string[]) => run(organization.endpoint, ['explain', ...args]);
    const other = await explain('dana', '--account', PAYMENTS);
    expect(other).toMatchObject({ status: 1, stderr: '' });
    expect(other.stdout).toContain(`arn:aws:iam::${PAYMENTS}:user/dana`);
    expect(await explain('admin', '--account', HUB)).toMatchObject({ status: 0 });
    const nobody = await explain('admin', '--account', PAYMENTS);
    expect(nobody.stderr).toContain(`Account ${PAYMENTS} has no IAM user admin.`);
    expect(await explain('dana', '--account', 'payments')).toMatchObject({ status: 2 });
  });
});

describe('an organization’s settings', () => {
  it('are those of the hub’s stack, with each account’s own mode and limit', async () => {
    const { endpoint, hub } = await readable();
    hub.stacks['iam-mfa-enforcer-prod'] = deployedStack({
      ExemptTags: 'team:robots',
      BlockLimit: '3',
    });
    const { accounts, settingsFrom, decidedBy } = reportOf(
      await run(endpoint, ['report', '--organization', '--json', '--scope', 'console-users']),
    );
    const overridden = { Scope: 'all-users' };
    const from = { kind: 'stack', stack: 'iam-mfa-enforcer-prod', overridden };
    expect(settingsFrom).toEqual(from);
    const rest = (mode: string, limit: number) =>
      `mode ${mode}, scope console-users, unblock on-enrolment, exempt tags team:robots, block limit ${limit}`;
    expect(decidedBy).toBe(rest('enforce', 3));
    expect(
      accounts.map((one) =>
        one.status === 'read' ? [one.name, one.report.decidedBy, one.report.settingsFrom] : [],
      ),
    ).toEqual([
      ['Management', rest('enforce', 3), from],
      ['Development', rest('observe', 3), from],
      ['payments', rest('enforce', 7), from],
    ]);
  });

  it('observe everywhere where the hub observes', async () => {
    const { endpoint, hub } = await readable();
    hub.stacks['iam-mfa-enforcer-prod'] = deployedStack({ Mode: 'observe' });
    const { stdout } = await run(endpoint, ['plan', '--organization']);
    expect(stdout).toContain('payments (222233334444), in observe mode: nothing would be done');
    expect(stdout).toMatch(
      /\nSettings \(from stack iam-mfa-enforcer-prod\): mode observe, .*, and each account’s own mode and block limit\.\n$/,
    );
  });

  it('are the hub’s for a user of another account', async () => {
    const { endpoint, hub } = await readable();
    hub.stacks['iam-mfa-enforcer-prod'] = deployedStack({ ExemptUsers: 'dan*' });
    const args = ['explain', 'dana', '--account', PAYMENTS];
    const { stdout, status } = await run(endpoint, args);
    expect(status).toBe(0);
    expect(stdout).toContain('exempt by the name pattern dan*');
    expect(stdout).toMatch(
      /\nSettings \(from stack iam-mfa-enforcer-prod\): .* block limit 7\.\n$/,
    );
  });

  it('are not guessed where the hub’s stack cannot be read', async () => {
    const { endpoint, hub } = await readable();
    hub.deny('DescribeStacks');
    for (const args of [
      ['report', '--organization'],
      ['plan', '--organization'],
    ]) {
      const ran = await run(endpoint, args);
      expect(ran).toMatchObject({ status: 3, stdout: '' });
      expect(ran.stderr).toContain('AWS denied cloudformation:DescribeStacks.');
    }
  });
});

/** Inside the test, one after the other: the test is the terminal. */
describe('an organization, at a terminal', () => {
  const SANDBOX =
    '1 of 4 accounts could not be read:\n  Sandbox (444455556666): the role arn:aws:iam::444455556666:role/ForceMFA-read cannot be assumed: it does not exist or does not trust this hub. Check that its spoke is deployed and that this command runs with the hub’s report role\n';
  const withSandbox = async () => {
    const organization = await readable();
    await organization.add(BARE, 'Sandbox', [], null);
    return organization;
  };

  it('is clean where no change is needed', async () => {
    const { endpoint } = await readable();
    const { status, stdout } = await say(endpoint, ['plan', '--accounts', HUB]);
    expect(status).toBe(0);
    expect(stdout).toContain('No changes needed in 1 account.');
  });

  it.each([
    ['data', ['plan', '--organization', '--json'], SANDBOX],
    ['words, which say so themselves', ['plan', '--organization'], ''],
    ['data', ['report', '--organization', '--json'], SANDBOX],
    ['words, which say so themselves', ['report', '--organization'], ''],
    [
      'a file',
      [
        'report',
        '--organization',
        '--output',
        join(mkdtempSync(join(tmpdir(), 'mfa-enforcer-')), 'report.txt'),
      ],
      SANDBOX,
    ],
  ])(
    'names on standard error what could not be read, if the output is %s: %j',
    async (_, args, stderr) => {
      const { endpoint } = await withSandbox();
      expect(await say(endpoint, args)).toMatchObject({ status: 3, stderr });
    },
  );

  it('shows its progress', async () => {
    const { endpoint } = await withSandbox();
    const args = ['report', '--organization', '--at-once', '1'];
    let seconds = 0;
    const now = () => {
      seconds += 1;
      return new Date(Date.UTC(2026, 2, 1, 0, 0, seconds));
    };
    const { stderr } = await say(endpoint, args, { progress: true, now });
    expect(stderr).toMatch(/^Reading the list of accounts…\rReading accounts ░+ 0\/4/);
    expect(stderr).toContain('/4, 1 could not be read');
    expect(stderr.split('\r').at(-1)).toBe('\u001b[K');
  });

  it('does not read passwords that it does not show', async () => {
    const asks = async (...args: string[]) => {
      const organization = await readable();
      // Else every password of a protected user comes from it.
      organization.hub.deny('GenerateCredentialReport');
      await say(organization.endpoint, ['report', '--accounts', HUB, ...args]);
      return organization.hub.counts.GetLoginProfile ?? 0;
    };
    expect(await asks()).toBe(0);
    expect(await asks('-f', 'nagios')).toBe(0);
    for (const args of [['--all'], ['-f', 'json'], ['-f', 'csv'], ['-f', 'html']]) {
      expect(await asks(...args), args.join(' ')).toBe(1);
    }
  });

  it('refuses an invalid account ID', async () => {
    const { endpoint } = await readable();
    expect(await say(endpoint, ['explain', 'dana', '--account', 'payments'])).toEqual({
      status: 2,
      stdout: '',
      stderr: '--account: "payments" is not a 12-digit account ID\n',
    });
  });
});

describe('an incomplete reading of an organization', () => {
  it('gives no report without the list of accounts', async () => {
    const organization = await readable();
    organization.denied.add('ListAccounts');
    const args = ['report', '--organization', '-f', 'prometheus'];
    const ran = await run(organization.endpoint, args);
    expect(ran.status).toBe(3);
    expect(ran.stdout).toMatch(
      /^# The report failed: AWS denied organizations:ListAccounts[\s\S]* 0\n$/,
    );
  });

  it('does not accept a role of another account as the account’s own', async () => {
    const organization = await readable();
    organization.misled.set(PAYMENTS, DEVELOPMENT);
    const { stdout, status } = await run(organization.endpoint, [
      'report',
      '--accounts',
      PAYMENTS,
      '--json',
    ]);
    expect(status).toBe(3);
    const [account] = OrganizationReport.parse(JSON.parse(stdout)).accounts;
    expect(account).toMatchObject({ status: 'not-read', problem: { code: 'account-wrong' } });
    const explained = await run(organization.endpoint, ['explain', 'erin', '--account', PAYMENTS]);
    expect(explained).toMatchObject({ status: 3, stdout: '' });
    expect(explained.stderr).toMatch(
      /^Account 222233334444: the session of \S+ is in account 333344445555\. Check that its spoke is deployed[^\n]*\n$/,
    );
  });

  it.each([
    ['nagios', 3, /^MFA UNKNOWN: 1 account could not be read: Sandbox \| .*'accounts not read'=1;/],
    ['prtg', 3, /<channel>Accounts not read<\/channel>\s*<value>1<\/value>/],
    [
      'prometheus',
      3,
      /mfa_enforcer_account_read\{account="444455556666".*\} 0\n[\s\S]*report_success 0\n/,
    ],
  ])(
    '%s does not take an account that could not be read for a clean one',
    async (format, status, says) => {
      const organization = await readable();
      await organization.add(BARE, 'Sandbox', [], null);
      const args = ['report', '--accounts', `${HUB},${BARE}`, '-f', format];
      const ran = await run(organization.endpoint, args);
      expect(ran.status).toBe(status);
      expect(ran.stdout).toMatch(says);
    },
  );

  it('reports to Nagios a known critical finding before an account that could not be read', async () => {
    const organization = await readable();
    await organization.add(BARE, 'Sandbox', [], null);
    const ran = await run(organization.endpoint, ['report', '--organization', '-f', 'nagios']);
    expect(ran.status).toBe(2);
    expect(ran.stdout).toMatch(
      /^MFA CRITICAL: 1 account could not be read: Sandbox, 2 users unprotected .*2 users with a password and no MFA device: erin \(Development\); dana \(payments\), 1 of 5 users read from IAM’s credential report, \d+ minutes old \|/,
    );
  });
});

describe('sayNotRead', () => {
  const place = { account: '222233334444', name: 'Payments', ou: [], lastSweptAt: null };
  const at = '2026-03-01T12:00:00.000Z';
  const head = {
    organization: 'o-x',
    managementAccount: '111122223333',
    at,
    finishedAt: at,
    decidedBy: '',
    settingsFrom: SETTINGS_FROM,
  };
  const notRead = {
    status: 'not-read' as const,
    ...place,
    at,
    problem: { code: 'denied', text: 'AWS denied it' },
  };
  const read = { status: 'read' as const, place, mode: 'enforce' as const, value: null };

  it('names the accounts that could not be read on standard error', () => {
    const { terminal, err } = terminalOf();
    const counts = { listed: 3, read: 2, notRead: 1, leftOut: 0 };
    sayNotRead(terminal, { head: { ...head, counts }, accounts: [read, notRead, read] });
    expect(err.join('')).toBe(
      '1 of 3 accounts could not be read:\n  Payments (222233334444): AWS denied it\n',
    );
  });

  it('writes nothing where every account could be read', () => {
    const { terminal, err } = terminalOf();
    const counts = { listed: 1, read: 1, notRead: 0, leftOut: 0 };
    sayNotRead(terminal, { head: { ...head, counts }, accounts: [read] });
    expect(err).toEqual([]);
  });
});
