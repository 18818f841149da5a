import { describe, expect, it } from 'vitest';
import { forceMfaBoundary, forceMfaPolicy } from '../../../functions/domain/rules/force-mfa.ts';
import { run } from '../../fakes/command.ts';
import { blockInEveryWay, emptyAccount, everyState } from '../../fakes/command-accounts.ts';
import { noSuchEntity } from '../../fakes/memory-iam.ts';
import { say } from '../../fakes/shell.ts';

const states: readonly [user: string, status: number, says: readonly string[], flags?: string[]][] =
  [
    ['protected', 0, ['protected: protected; no change needed', 'mfa/phone)  [has-mfa]']],
    ['hardware', 0, ['1 MFA device (GAHT12345678)', 'MFA devices  GAHT12345678']],
    [
      'unprotected',
      1,
      ['unprotected: UNPROTECTED', 'would block this user', '[no-mfa]', '[not-exempt]'],
    ],
    ['blocked', 0, ['blocked: blocked; no change needed', 'blocked by   managed-policy']],
    ['enrolled', 1, ['enrolled: protected; the next event or sweep would unblock this user']],
    [
      'exempt',
      0,
      [
        'exempt: exempt; no change needed',
        'exempt by the tag userType=service',
        'tags         UserType=service',
      ],
    ],
    ['unprotected-with-keys', 0, ['out of scope', '[no-password]'], ['--scope', 'console-users']],
  ];

describe('explain', () => {
  it.each(states)(
    'gives the state of %s, the facts and the reasons',
    async (user, status, says, flags = []) => {
      const server = await everyState();
      const ran = await run(server.endpoint, ['explain', user, ...flags]);
      expect(ran).toMatchObject({ status, stderr: '' });
      for (const text of says) expect(ran.stdout).toContain(text);
      expect(ran.stdout).toContain(`arn:aws:iam::111122223333:user/${user}`);
    },
  );

  it('says of a user to be blocked that the permissions boundary keeps the user from enrolling', async () => {
    const { endpoint, iam } = await emptyAccount();
    const boundary = `arn:aws:iam::${iam.account}:policy/narrow`;
    const statement = { Effect: 'Allow', Action: 's3:*', Resource: '*' };
    iam.managed[boundary] = { defaultId: 'v1', versions: { v1: { Statement: [statement] } } };
    iam.put('dana', { boundary, password: true });
    const { stdout } = await run(endpoint, ['explain', 'dana']);
    expect(stdout).toContain(
      `\nThe user cannot enrol: the permissions boundary ${boundary} does not allow iam:CreateVirtualMFADevice`,
    );
    const json = await run(endpoint, ['explain', 'dana', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({
      enrolmentProblem: { code: 'boundary-denies-enrolling' },
    });
  });

  it('sees every block method', async () => {
    const server = await emptyAccount();
    blockInEveryWay(server, 'dana');
    const { stdout } = await run(server.endpoint, ['explain', 'dana', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'mfa-enforcer/explain/1',
      user: 'dana',
      state: 'blocked',
      decision: { action: 'none', status: 'unprotected', blocked: true },
      facts: {
        attachments: { methods: ['managed-policy', 'deny-group', 'boundary', 'inline-policy'] },
      },
    });
  });

  it.each(['protected', 'hardware', 'unprotected', 'blocked', 'enrolled', 'exempt'])(
    'explains %s as in the golden file',
    async (user) => {
      const { endpoint } = await everyState();
      const { stdout } = await say(endpoint, ['explain', user]);
      await expect(stdout).toMatchFileSnapshot(`golden/explain/${user}.txt`);
    },
  );

  it('explains a user blocked by every method as in the golden file', async () => {
    const server = await emptyAccount();
    blockInEveryWay(server, 'dana');
    const { stdout } = await say(server.endpoint, ['explain', 'dana']);
    await expect(stdout).toMatchFileSnapshot('golden/explain/blocked-in-every-way.txt');
  });

  it('names the policies of an old PolicyName that still block the user, and what unblocks', async () => {
    const server = await emptyAccount();
    const { iam } = server;
    const arnOf = (name: string) => `arn:aws:iam::${iam.account}:policy/${name}`;
    const managed = (document: object) => ({ defaultId: 'v1', versions: { v1: document } });
    iam.managed[arnOf('RequireMFA')] = managed(forceMfaPolicy('aws', 'console'));
    iam.managed[arnOf('RequireMFA-boundary')] = managed(forceMfaBoundary('aws', 'console'));
    iam.managed[arnOf('payments')] = managed({ Version: '2012-10-17', Statement: [] });
    const device = `arn:aws:iam::${iam.account}:mfa/dana`;
    const policies = [arnOf('payments'), arnOf('RequireMFA'), 'arn:aws:iam::aws:policy/Billing'];
    iam.put('dana', { policies, boundary: arnOf('RequireMFA-boundary'), devices: [device] });
    iam.put('erin', { policies: [arnOf('payments')], devices: [device] });
    iam.put('finn', { policies: ['arn:aws:iam::aws:policy/Billing'], devices: [device] });

    const { status, stdout } = await say(server.endpoint, ['explain', 'dana']);
    expect(status).toBe(1);
    await expect(stdout).toMatchFileSnapshot('golden/explain/another-policy.txt');
    const json = await say(server.endpoint, ['explain', 'dana', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({
      foreignPolicies: [arnOf('RequireMFA'), arnOf('RequireMFA-boundary')],
    });

    expect(await say(server.endpoint, ['explain', 'erin'])).toMatchObject({ status: 0 });
    server.deny('GetAccountAuthorizationDetails');
    // The account's other policies are read only where one of them is attached.
    expect(await say(server.endpoint, ['explain', 'finn'])).toMatchObject({ status: 0 });
    expect(await say(server.endpoint, ['explain', 'erin'])).toMatchObject({
      status: 3,
      stdout: '',
      stderr: expect.stringMatching(/^AWS denied iam:GetAccountAuthorizationDetails\./),
    });
  });

  it.each(['GetUser', 'ListMFADevices', 'ListAttachedUserPolicies'])(
    'reports that the user does not exist if it is deleted before %s',
    async (action) => {
      const server = await everyState();
      server.iam.failNext(action, () => noSuchEntity('gone'), 9);
      expect(await say(server.endpoint, ['explain', 'unprotected'])).toEqual({
        status: 2,
        stdout: '',
        stderr:
          'Account 111122223333 has no IAM user unprotected. Check the name, and the account (--profile, --account).\n',
      });
    },
  );

  it.each([
    'GetUser',
    'ListMFADevices',
    'GetLoginProfile',
    'ListAttachedUserPolicies',
    'ListGroupsForUser',
    'GetUserPolicy',
  ])('has no answer without permission for %s, and names it', async (action) => {
    const server = await everyState();
    server.deny(action);
    const ran = await say(server.endpoint, ['explain', 'unprotected']);
    expect(ran).toMatchObject({ status: 3, stdout: '' });
    expect(ran.stderr).toMatch(new RegExp(`^AWS denied iam:${action}\\.`));
  });

  it.each([
    [
      'nobody',
      'Account 111122223333 has no IAM user nobody. Check the name, and the account (--profile, --account).\n',
    ],
    ['', 'The name is empty.\n'],
    [
      'a b/b ',
      '"a b/b " is not an IAM user name: it contains " ", "/". IAM allows letters, digits and +=,.@_-.\n',
    ],
    [
      'x'.repeat(65),
      'The name is not an IAM user name: it has 65 characters, and IAM allows 64.\n',
    ],
    [
      'arn:aws:iam::111122223333:user/staff/dana',
      '"arn:aws:iam::111122223333:user/staff/dana" is an ARN. Give only the user name: dana.\n',
    ],
  ])('knows no user %j', async (user, stderr) => {
    const { endpoint } = await emptyAccount();
    expect(await say(endpoint, ['explain', user])).toMatchObject({ status: 2, stdout: '', stderr });
  });

  it('says of a user to be blocked that nothing is known of the time to enrol without the state table', async () => {
    const { endpoint } = await everyState();
    const { stdout, status } = await run(endpoint, [
      'explain',
      'unprotected',
      '--mode',
      'enforce',
      '--grace-hours',
      '72',
    ]);
    expect(status).toBe(1);
    expect(stdout).toContain(
      '  - may have time to enrol, which is not known: no deployed stack was read  [grace-not-known]\n',
    );
  });
});
