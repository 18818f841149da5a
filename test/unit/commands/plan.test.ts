import { describe, expect, it } from 'vitest';
import { run } from '../../fakes/command.ts';
import { cleanAccount, emptyAccount, everyState } from '../../fakes/command-accounts.ts';
import { noSuchEntity } from '../../fakes/memory-iam.ts';
import { SETTINGS_LINE } from '../../fakes/report.ts';
import { say } from '../../fakes/shell.ts';

interface Plan {
  readonly schema: string;
  readonly policyDeployed: boolean;
  readonly blocks: readonly { readonly user: string; readonly accessKeys: readonly object[] }[];
  readonly unblocks: readonly { readonly user: string; readonly methods: readonly string[] }[];
  readonly beyondLimit: { readonly limit: number; readonly users: number };
}

describe('plan', () => {
  it('names the users to block and to unblock, and the keys that would stop', async () => {
    const server = await everyState();
    const ran = await run(server.endpoint, ['plan']);
    expect(ran).toMatchObject({ status: 1, stderr: '' });
    expect(ran.stdout).toMatch(/^2 users would be blocked:\n {2}unprotected: no MFA device/);
    expect(ran.stdout).toMatch(/! key AKIAUSED: last used today \(.*\) for s3 in eu-west-1\n/);
    expect(ran.stdout).toContain('key AKIANEVER: never used\n');
    expect(ran.stdout).not.toContain('AKIAOFF');
    expect(ran.stdout).toContain('1 user would be unblocked:\n  enrolled: 1 MFA device');
    expect(ran.stdout).toMatch(/\n1 access key in use would stop working\. /);
    // A reader must see that these are the deployment's settings.
    expect(ran.stdout.endsWith(`\n${SETTINGS_LINE}\n`)).toBe(true);
    expect(server.iam.writes.filter((action) => action !== 'GetCallerIdentity')).toEqual([]);
  });

  it('has the same content as JSON', async () => {
    const { endpoint } = await everyState();
    const { stdout, status } = await run(endpoint, ['plan', '--json']);
    const plan = JSON.parse(stdout) as Plan;
    expect(status).toBe(1);
    expect(plan).toMatchObject({
      schema: 'mfa-enforcer/plan/1',
      policyDeployed: true,
      blocks: [
        { user: 'unprotected', accessKeys: [] },
        {
          user: 'unprotected-with-keys',
          accessKeys: [
            { id: 'AKIAUSED', service: 's3', region: 'eu-west-1' },
            { id: 'AKIANEVER', lastUsedAt: null, service: null, region: null },
          ],
        },
      ],
      unblocks: [{ user: 'enrolled', methods: ['managed-policy'] }],
      beyondLimit: { limit: 4, users: 0 },
    });
  });

  it('has no changes if every user is in the right state, or there are no users', async () => {
    for (const { endpoint } of [await cleanAccount(), await emptyAccount()]) {
      expect(await run(endpoint, ['plan'])).toMatchObject({
        status: 0,
        stdout: `No changes needed.\n${SETTINGS_LINE}\n`,
        stderr: '',
      });
    }
  });

  it('reports that ForceMFA is not deployed', async () => {
    const server = await everyState();
    server.iam.policyExists = false;
    const { stdout } = await run(server.endpoint, ['plan']);
    expect(stdout).toMatch(
      /^arn:aws:iam::111122223333:policy\/ForceMFA does not exist: no user can be blocked [^\n]*\n\n2 users without MFA should be blocked:/,
    );
  });

  it('goes on if a user is deleted in the meantime', async () => {
    const server = await everyState();
    server.iam.failNext('ListAccessKeys', noSuchEntity);
    const { status, stdout } = await run(server.endpoint, ['plan']);
    expect(status).toBe(1);
    expect(stdout).toContain('2 users would be blocked:');
  });

  it('names the users beyond the block limit', async () => {
    const { endpoint } = await everyState();
    const { stdout } = await run(endpoint, ['plan', '--block-limit', '2']);
    expect(stdout).toContain(
      '2 users without MFA should be blocked; 1 would be, because the block limit is 2 users (--block-limit):',
    );
  });

  it.each([
    'ListEntitiesForPolicy',
    'GetAccountSummary',
    'GetAccountAuthorizationDetails',
    'ListVirtualMFADevices',
    'ListMFADevices',
    'ListAccessKeys',
    'GetAccessKeyLastUsed',
  ])('is none without permission for %s, which is named', async (action) => {
    const server = await everyState();
    server.deny(action);
    const ran = await say(server.endpoint, ['plan']);
    expect(ran).toMatchObject({ status: 3, stdout: '' });
    expect(ran.stderr).toMatch(new RegExp(`^AWS denied iam:${action}\\.`));
  });
});
