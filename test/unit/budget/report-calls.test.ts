import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { run } from '../../fakes/command.ts';
import { IamServer } from '../../fakes/iam-server.ts';
import { type Counts, fillAccount } from '../../fakes/large-account.ts';
import { OrganizationServer } from '../../fakes/organization-server.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const MIX = { fido: 0, none: 5, service: 5 };

const sumOf = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

describe('the calls of a report of 5,000 users', () => {
  const USERS = 5000;
  let server: IamServer;
  let counts: Counts;
  beforeAll(async () => {
    server = await IamServer.start();
    counts = fillAccount(server.iam, USERS, MIX);
  });
  afterAll(() => server.stop());

  it.each<[string, string[], (counts: Counts) => number]>([
    ['for a monitor', ['prtg'], ({ none }) => 2 * none + 20],
    ['for a monitor, with --max-age', ['prtg', '--max-age', '4h'], () => 20],
    ['in full', ['json'], ({ none, service }) => 3 * none + service + 25],
    [
      'in full, with --max-age',
      ['json', '--max-age', '4h'],
      ({ none, service }) => none + service + 25,
    ],
  ])('%s', async (_, options, most) => {
    server.resetCounts();
    const { stderr } = await run(server.endpoint, ['report', '--format', ...options]);
    expect(stderr).toBe('');
    expect(sumOf(server.counts)).toBeLessThanOrEqual(most(counts));
  });
});

describe('the calls of a report of an organization of accounts with 100 users each', () => {
  const ACCOUNTS = 10;
  let organization: OrganizationServer;
  beforeAll(async () => {
    organization = await OrganizationServer.start();
    fillAccount(organization.hub.iam, 100, MIX);
    for (let number = 1; number < ACCOUNTS; number += 1) {
      const id = String(200000000000 + number);
      fillAccount((await organization.add(id, `account-${number}`, [])).iam, 100, MIX);
    }
  });
  afterAll(() => organization.stop());

  // Before, each user had two calls, or each user without a virtual device.
  it.each<[format: string, beforeOfOne: number, most: number, options: string[]]>([
    ['table', 25, 0.5, []],
    ['html', 218, 0.15, []],
    ['csv', 218, 0.15, []],
    ['nagios', 25, 0.7, []],
    ['nagios', 25, 0.3, ['--max-age', '4h']],
  ])(
    '%s: of %i calls an account before, the part of %f %j',
    async (format, beforeOfOne, most, options) => {
      for (const { server } of organization.accounts) server.resetCounts();
      const args = ['report', '--organization', '--format', format, ...options];
      const { stderr } = await run(organization.endpoint, args);
      expect(stderr).toBe('');
      const calls = organization.accounts.map(({ server }) => sumOf(server.counts));
      const sum = calls.reduce((all, one) => all + one, 0);
      expect(sum / (ACCOUNTS * beforeOfOne)).toBeLessThanOrEqual(most);
    },
  );
});
