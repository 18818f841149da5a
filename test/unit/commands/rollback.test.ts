import { describe, expect, it } from 'vitest';
import { run } from '../../fakes/command.ts';
import {
  blockInEveryWay,
  cleanAccount,
  emptyAccount,
  everyState,
} from '../../fakes/command-accounts.ts';
import { deployedStack } from '../../fakes/iam-endpoint.ts';
import { SETTINGS_FROM } from '../../fakes/report.ts';
import { say } from '../../fakes/shell.ts';

const POLICY_LINE = 'Settings (from stack iam-mfa-enforcer-prod): policy ForceMFA.\n';

describe('rollback', () => {
  it('takes away exactly what was put there', async () => {
    const server = await emptyAccount();
    blockInEveryWay(server, 'dana');
    const ran = await run(server.endpoint, ['rollback', '--yes']);
    expect(ran).toMatchObject({
      status: 0,
      stdout: `dana: unblocked (managed-policy, deny-group, boundary, inline-policy)\n${POLICY_LINE}`,
    });
    expect(server.iam.user('dana')).toMatchObject({
      policies: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
      groups: ['developers'],
      boundary: null,
      inline: { own: 100 },
    });
  });

  it('leaves a user’s own boundary and an inline policy that only has our name', async () => {
    const server = await emptyAccount();
    const own = { boundary: 'arn:aws:iam::111122223333:policy/own', inline: { ForceMFA: 50 } };
    server.iam.put('dana', { policies: [server.iam.policyArn], ...own });
    const ran = await run(server.endpoint, ['rollback', '--yes', '--json']);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      schema: 'mfa-enforcer/rollback/1',
      settingsFrom: SETTINGS_FROM,
      users: [{ user: 'dana', done: true, methods: ['managed-policy'], problem: null }],
    });
    expect(server.iam.user('dana')).toMatchObject({ policies: [], ...own });
  });

  it('reports that a named user is not blocked', async () => {
    const server = await everyState();
    const ran = await run(server.endpoint, ['rollback', 'blocked', 'protected', '--yes']);
    expect(ran).toMatchObject({
      status: 0,
      stdout: `protected: not blocked\nblocked: unblocked (managed-policy)\n${POLICY_LINE}`,
    });
  });

  it('does not call an account clean by the name of a policy that is not there', async () => {
    const server = await everyState();
    const ran = await run(server.endpoint, ['rollback', '--policy-name', 'Nope', '--yes']);
    expect(ran.status).toBe(3);
    expect(ran.stderr).toMatch(/policy\/Nope does not exist in this account\. If another name/);
    expect(server.iam.isBlocked('blocked')).toBe(true);
  });

  it('unblocks only the named users', async () => {
    const server = await everyState();
    const ran = await run(server.endpoint, ['rollback', 'blocked', '--yes']);
    expect(ran).toMatchObject({
      status: 0,
      stdout: `blocked: unblocked (managed-policy)\n${POLICY_LINE}`,
    });
    expect(server.iam.isBlocked('enrolled')).toBe(true);
  });

  it('refuses names of no user, before it changes anything', async () => {
    const server = await everyState();
    const ran = await run(server.endpoint, ['rollback', 'blocked', 'nobody', 'noone', '--yes']);
    expect(ran).toMatchObject({
      status: 2,
      stdout: '',
      stderr:
        'Account 111122223333 has no IAM user nobody, noone. Check the names, and the account (--profile).\n',
    });
    expect(server.iam.isBlocked('blocked')).toBe(true);
  });

  it('changes nothing without a terminal, or if the answer is no', async () => {
    const server = await everyState();
    const unasked = await run(server.endpoint, ['rollback']);
    expect(unasked).toMatchObject({ status: 2, stdout: '' });
    expect(unasked.stderr).toMatch(
      /\nUnblock 2 users of account 111122223333\? There is no terminal/,
    );
    const refused = await run(server.endpoint, ['rollback'], {
      input: 'no\n',
      terminals: ['stdin', 'stderr'],
    });
    expect(refused).toMatchObject({ status: 1, stdout: '' });
    expect(server.iam.isBlocked('blocked')).toBe(true);
  });

  it('comes through a change that IAM refuses for the moment', async () => {
    const server = await everyState();
    server.failNext('DetachUserPolicy', 'ConcurrentModification', 3);
    expect(await run(server.endpoint, ['rollback', '--yes'])).toMatchObject({ status: 0 });
    expect(server.iam.isBlocked('blocked')).toBe(false);
  });

  it('names a user whose unblock IAM keeps refusing, and goes on', async () => {
    const server = await everyState();
    server.failNext('DetachUserPolicy', 'ConcurrentModification', 100, 'enrolled');
    const ran = await run(server.endpoint, ['rollback', '--yes'], {
      env: { AWS_MAX_ATTEMPTS: '2' },
    });
    expect(ran.status).toBe(1);
    expect(ran.stdout).toContain(
      'enrolled: could not be unblocked: IAM refused the call (iam:DetachUserPolicy) after',
    );
    expect(server.iam.isBlocked('blocked')).toBe(false);
  });

  it.each(['GetAccountSummary', 'GetAccountAuthorizationDetails', 'ListVirtualMFADevices'])(
    'does nothing without permission for %s, which is named',
    async (action) => {
      const server = await everyState();
      server.deny(action);
      const ran = await say(server.endpoint, ['rollback', '--yes']);
      expect(ran).toMatchObject({ status: 3, stdout: '' });
      expect(ran.stderr).toMatch(new RegExp(`^AWS denied iam:${action}\\.`));
      expect(server.iam.isBlocked('blocked')).toBe(true);
    },
  );

  it.each([
    'DetachUserPolicy',
    'RemoveUserFromGroup',
    'DeleteUserPermissionsBoundary',
    'DeleteUserPolicy',
  ])('goes on after a user that it may not unblock: %s', async (action) => {
    const server = await everyState();
    blockInEveryWay(server, 'dana');
    server.deny(action, 'dana');
    const ran = await say(server.endpoint, ['rollback', '--yes']);
    expect(ran.status).toBe(1);
    expect(ran.stdout).toContain(`dana: could not be unblocked: AWS denied iam:${action}: `);
    expect(server.iam.isBlocked('blocked')).toBe(false);
  });

  it.each([cleanAccount, emptyAccount])(
    'has nothing to do if no user is blocked',
    async (account) => {
      const { endpoint } = await account();
      expect(await say(endpoint, ['rollback'])).toMatchObject({
        status: 0,
        stdout: `No user is blocked.\n${POLICY_LINE}`,
        stderr: '',
      });
    },
  );
});

const AGAIN =
  'The deployment iam-mfa-enforcer-prod is in enforce mode and blocks these users again at the next event or sweep.';
const PERHAPS =
  'If an enforcer in enforce mode manages this account, it blocks these users again at the next event or sweep.';
const NONE = { 'iam-mfa-enforcer-prod': undefined };
const deploymentWith = (parameters: Readonly<Record<string, string>>) => ({
  'iam-mfa-enforcer-prod': deployedStack(parameters),
});

describe('rollback, before it asks,', () => {
  it.each([
    [
      'of everyone, with observe mode',
      {},
      [],
      [AGAIN, 'To keep them unblocked, observe:', '  mfa-enforcer deploy --mode observe'],
    ],
    [
      'of named users, with an exemption for each who is blocked',
      {},
      ['blocked', 'enrolled', 'protected'],
      [
        AGAIN,
        'To keep them unblocked, exempt them:',
        '  aws iam tag-user --user-name blocked --tags Key=userType,Value=Service',
        '  aws iam tag-user --user-name enrolled --tags Key=userType,Value=Service',
      ],
    ],
    [
      'with the deployment’s first exempt tag, quoted for the shell',
      deploymentWith({ ExemptTags: '"the team"="a b",c:d', ExemptPassword: 'ends-exemption' }),
      ['blocked'],
      [
        AGAIN,
        'To keep them unblocked, exempt them (not for users with a console password):',
        `  aws iam tag-user --user-name blocked --tags '[{"Key":"the team","Value":"a b"}]'`,
      ],
    ],
    [
      'with observe mode where the deployment exempts by no tag',
      deploymentWith({ ExemptTags: '' }),
      ['blocked'],
      [AGAIN, 'To keep them unblocked, observe:', '  mfa-enforcer deploy --mode observe'],
    ],
    [
      'whatever --mode says',
      {},
      ['--mode', 'observe'],
      [AGAIN, 'To keep them unblocked, observe:', '  mfa-enforcer deploy --mode observe'],
    ],
    [
      'of a stack that is not there, which may have another name',
      NONE,
      ['--stack', 'mine'],
      [
        PERHAPS,
        'To keep them unblocked, observe, in the account of its stack:',
        '  mfa-enforcer deploy --mode observe --stack mine',
      ],
    ],
    [
      'of a stack that it may not read',
      {},
      ['--no-stack'],
      [
        PERHAPS,
        'To keep them unblocked, observe, in the account of its stack:',
        '  mfa-enforcer deploy --mode observe',
      ],
    ],
    [
      'of named users, whose deployment’s tag is not known',
      {},
      ['--no-stack', 'blocked'],
      [
        PERHAPS,
        'To keep them unblocked, exempt them (the tag is the default, the deployment’s may be another):',
        '  aws iam tag-user --user-name blocked --tags Key=userType,Value=Service',
      ],
    ],
  ])('says who blocks again, and what lasts: %s', async (_, stacks, args, lines) => {
    const server = await everyState();
    for (const [name, stack] of Object.entries(stacks)) {
      if (stack === undefined) delete server.stacks[name];
      else server.stacks[name] = stack;
    }
    const said: string[] = [];
    const ask = async () => {
      said.push('asked');
      return false;
    };
    const err = (text: string) => said.push(text);
    expect(await say(server.endpoint, ['rollback', ...args], { ask, err })).toMatchObject({
      status: 1,
    });
    expect(said).toEqual([`${lines.join('\n')}\n`, 'asked', 'Nothing was changed.\n']);
    expect(server.iam.isBlocked('blocked')).toBe(true);
  });

  it('says nothing where the deployment observes', async () => {
    const server = await everyState();
    Object.assign(server.stacks, deploymentWith({ Mode: 'observe' }));
    const args = ['rollback', 'blocked', '--yes', '--mode', 'enforce'];
    expect(await say(server.endpoint, args)).toMatchObject({ status: 0, stderr: '' });
  });
});
