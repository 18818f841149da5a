import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { OrganizationReport } from '../../../events/organization-report.ts';
import type { Ran } from '../../fakes/command.ts';
import { OrganizationServer } from '../../fakes/organization-server.ts';
import { runProgram } from '../../fakes/program.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 60_000 });

const ACCOUNTS = 50;
const USERS = 50;
const UNPROTECTED = USERS / 10;
const idOf = (index: number) => String(200000000000 + index);

describe(`${ACCOUNTS} accounts of ${USERS} users`, () => {
  let organization: OrganizationServer;
  beforeAll(async () => {
    organization = await OrganizationServer.start();
    for (let number = 0; number < ACCOUNTS; number += 1) {
      const account = idOf(number);
      const path = ['Workloads', `Team ${number % 7}`];
      const { iam } = await organization.add(account, `account-${number}`, path);
      for (let index = 0; index < USERS; index += 1) {
        const devices = index % 10 === 0 ? [] : [`arn:aws:iam::${account}:mfa/${index}`];
        iam.put(`user-${index}`, { password: true, devices });
      }
    }
  });
  afterAll(() => organization.stop());

  async function timed(...args: string[]): Promise<Ran> {
    for (const { server } of organization.accounts) server.resetCounts();
    const ran = await runProgram(organization.endpoint, args);
    const calls = organization.accounts
      .flatMap(({ server }) => Object.values(server.counts))
      .reduce((sum, count) => sum + count, 0);
    process.stdout.write(
      `${args.join(' ')}: ${(ran.ms / 1000).toFixed(1)} s, ${calls} IAM calls\n`,
    );
    return ran;
  }

  it('are all in the report, each user once', async () => {
    const { stdout, stderr, status } = await timed('report', '--organization', '--json');
    expect({ stderr, status }).toEqual({ stderr: '', status: 1 });
    const { accounts, totals, counts } = OrganizationReport.parse(JSON.parse(stdout));
    expect(counts).toEqual({ listed: ACCOUNTS + 1, read: ACCOUNTS + 1, notRead: 0, leftOut: 0 });
    expect(totals).toMatchObject({ users: ACCOUNTS * USERS, unprotected: ACCOUNTS * UNPROTECTED });
    const arns = accounts.flatMap((one) =>
      one.status === 'read' ? one.report.users.map(({ arn }) => arn) : [],
    );
    expect(new Set(arns).size).toBe(ACCOUNTS * USERS);
    // One session for each account.
    expect(organization.assumed).toHaveLength(ACCOUNTS);
  });

  it('are counted in the format of a monitor', async () => {
    const { stdout, status } = await timed('report', '--organization', '-f', 'nagios');
    expect(status).toBe(2);
    expect(stdout).toContain(`'unprotected'=${ACCOUNTS * UNPROTECTED};`);
    expect(stdout).toContain(`'accounts'=${ACCOUNTS + 1};`);
    expect(Buffer.byteLength(stdout)).toBeLessThan(1024);
  });

  it('are all in the plan', async () => {
    const { stdout, status } = await timed('plan', '--organization');
    expect(status).toBe(1);
    expect(stdout).toContain(
      `51 accounts read: ${ACCOUNTS * UNPROTECTED} users would be blocked, 0 unblocked.`,
    );
  });

  it('are read although one of them throttles: that one fails alone', async () => {
    const slow = organization.accounts.find(({ id }) => id === idOf(7))?.server;
    slow?.failNext('ListMFADevices', 'Throttling');
    const { stdout, status } = await runProgram(
      organization.endpoint,
      ['report', '--organization', '-f', 'prometheus'],
      { env: { AWS_MAX_ATTEMPTS: '2' } },
    );
    expect(status).toBe(3);
    expect(stdout).toContain('mfa_enforcer_accounts_not_read 1\n');
    expect(stdout).toContain(
      `mfa_enforcer_users{account="${idOf(8)}",state="unprotected"} ${UNPROTECTED}\n`,
    );
    expect(stdout).not.toContain(`mfa_enforcer_users{account="${idOf(7)}"`);
  });
});
