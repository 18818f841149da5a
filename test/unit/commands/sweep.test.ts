import { describe, expect, it } from 'vitest';
import { run } from '../../fakes/command.ts';
import { cleanAccount, emptyAccount, everyState } from '../../fakes/command-accounts.ts';
import { deployedStack } from '../../fakes/iam-endpoint.ts';
import type { IamServer } from '../../fakes/iam-server.ts';
import { accessDenied } from '../../fakes/memory-iam.ts';
import { SETTINGS_LINE } from '../../fakes/report.ts';
import { say } from '../../fakes/shell.ts';

interface Swept {
  readonly schema: string;
  readonly users: readonly {
    readonly user: string;
    readonly action: string;
    readonly done: boolean;
  }[];
}

const writesOf = ({ iam }: IamServer) =>
  iam.writes.filter((action) => action !== 'GetCallerIdentity').toSorted();

describe('sweep', () => {
  it('blocks unprotected users and unblocks enrolled ones, and changes no other user', async () => {
    const server = await everyState();
    const ran = await run(server.endpoint, ['sweep', '--yes']);
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout.split('\n')).toEqual([
      `enrolled: unblocked: 1 MFA device (arn:aws:iam::${server.iam.account}:mfa/enrolled)`,
      'unprotected: blocked: no MFA device, no exemption',
      'unprotected-with-keys: blocked: no MFA device, no exemption',
      SETTINGS_LINE,
      '',
    ]);
    const blocked = [
      'unprotected',
      'unprotected-with-keys',
      'blocked',
      'enrolled',
      'exempt',
      'protected',
    ];
    expect(blocked.map((user) => server.iam.isBlocked(user))).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(writesOf(server)).toEqual(['AttachUserPolicy', 'AttachUserPolicy', 'DetachUserPolicy']);
  });

  it('leaves nothing for a second sweep', async () => {
    const { endpoint } = await everyState();
    const first = await run(endpoint, ['sweep', '--yes', '--json']);
    expect(JSON.parse(first.stdout) as Swept).toMatchObject({
      schema: 'mfa-enforcer/sweep/1',
      users: [
        { user: 'enrolled', action: 'unblock', done: true },
        { user: 'unprotected', action: 'block', done: true },
        { user: 'unprotected-with-keys', action: 'block', done: true },
      ],
    });
    const second = await run(endpoint, ['sweep']);
    expect(second).toMatchObject({
      status: 0,
      stdout: `No changes needed.\n${SETTINGS_LINE}\n`,
    });
  });

  it('sweeps the users if the policy cannot be read, and reports that', async () => {
    const server = await everyState();
    server.iam.failNext('GetPolicy', accessDenied);
    const ran = await say(server.endpoint, ['sweep', '--yes']);
    expect(ran.status).toBe(3);
    expect(ran.stderr).toContain(
      'Could not read arn:aws:iam::111122223333:policy/ForceMFA: AWS denied',
    );
    expect(ran.stdout).toContain('unprotected: blocked');
    expect(server.iam.isBlocked('unprotected')).toBe(true);
    server.iam.failNext('GetPolicy', accessDenied);
    const again = await say(server.endpoint, ['sweep']);
    expect(again).toMatchObject({
      status: 3,
      stdout: `No changes needed.\n${SETTINGS_LINE}\n`,
    });
  });

  it('changes nothing without a terminal', async () => {
    const server = await everyState();
    const ran = await run(server.endpoint, ['sweep']);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toMatch(
      /^Change 3 users of account \d+ .* pass --yes to continue\. Nothing was changed\.\n$/,
    );
    expect(writesOf(server)).toEqual([]);
  });

  it.each([
    ['y\n', 0, ['AttachUserPolicy', 'AttachUserPolicy', 'DetachUserPolicy']],
    ['n\n', 1, []],
    ['\n', 1, []],
  ])('asks at a terminal, and takes %j for an answer', async (input, status, writes) => {
    const server = await everyState();
    const ran = await run(server.endpoint, ['sweep'], { input, terminals: ['stdin', 'stderr'] });
    expect(ran.status).toBe(status);
    expect(ran.stderr).toContain('[y/N]');
    expect(ran.stderr.includes('Nothing was changed.')).toBe(status === 1);
    expect(writesOf(server)).toEqual(writes);
  });

  it.each([
    ['AttachUserPolicy', 'unprotected'],
    ['DetachUserPolicy', 'enrolled'],
  ])('goes on after a user that it may not change: %s', async (action, user) => {
    const server = await everyState();
    server.deny(action, user);
    const ran = await run(server.endpoint, ['sweep', '--yes']);
    expect(ran.status).toBe(1);
    expect(ran.stdout).toContain(`${user}: could not be changed: AWS denied iam:${action}: `);
    expect(writesOf(server)).toHaveLength(2);
  });

  it.each([
    ['AttachUserPolicy', 'unprotected'],
    ['DetachUserPolicy', 'enrolled'],
  ])('comes through a change that IAM refuses for the moment: %s', async (action, user) => {
    const server = await everyState();
    server.failNext(action, 'ConcurrentModification', 3, user);
    expect(await run(server.endpoint, ['sweep', '--yes'])).toMatchObject({ status: 0, stderr: '' });
    expect(writesOf(server)).toHaveLength(3);
  });

  it.each([
    ['AttachUserPolicy', 'unprotected'],
    ['DetachUserPolicy', 'enrolled'],
  ])('names a user whose change IAM keeps refusing, and goes on: %s', async (action, user) => {
    const server = await everyState();
    server.failNext(action, 'EntityTemporarilyUnmodifiable', 100, user);
    const ran = await run(server.endpoint, ['sweep', '--yes'], { env: { AWS_MAX_ATTEMPTS: '2' } });
    expect(ran.status).toBe(1);
    expect(ran.stdout).toContain(
      `${user}: not changed: IAM refused the call (iam:${action}) after several attempts: `,
    );
    expect(ran.stdout).toContain('Try again in a few minutes.');
    expect(writesOf(server)).toHaveLength(2);
  });

  it('blocks no user beyond the block limit', async () => {
    const server = await everyState();
    for (let index = 0; index < 20; index += 1) server.iam.put(`new-${index}`);
    const ran = await run(server.endpoint, ['sweep', '--yes', '--block-limit', '8']);
    const { policyArn } = server.iam;
    const names = [
      'blocked',
      'enrolled',
      'unprotected',
      'unprotected-with-keys',
      ...Array.from({ length: 20 }, (_, index) => `new-${index}`),
    ];
    expect(
      names.filter((name) => server.iam.user(name)?.policies.includes(policyArn)),
    ).toHaveLength(8);
    expect(ran.status).toBe(1);
    expect(ran.stdout).toContain(
      'not blocked: 8 users are blocked already, and the block limit is 8 (--block-limit)',
    );
  });

  it('reports that ForceMFA is not deployed, and changes nothing', async () => {
    const server = await everyState();
    server.iam.policyExists = false;
    const ran = await run(server.endpoint, ['sweep', '--yes']);
    expect(ran).toMatchObject({ status: 1, stdout: '' });
    expect(ran.stderr).toMatch(
      /^ForceMFA is not deployed in account 111122223333: arn:aws:iam::.*\n$/,
    );
    expect(writesOf(server)).toEqual([]);
  });

  it.each([
    'GetAccountSummary',
    'GetAccountAuthorizationDetails',
    'ListVirtualMFADevices',
    'ListMFADevices',
  ])('does nothing without permission for %s, which is named', async (action) => {
    const server = await everyState();
    server.deny(action);
    const ran = await say(server.endpoint, ['sweep', '--yes']);
    expect(ran).toMatchObject({ status: 3, stdout: '' });
    expect(ran.stderr).toMatch(new RegExp(`^AWS denied iam:${action}\\.`));
    expect(writesOf(server)).toEqual([]);
  });

  it.each([
    ['GetUser', 'unprotected', false],
    ['ListAttachedUserPolicies', 'unprotected', false],
    ['ListGroupsForUser', 'enrolled', true],
    ['GetUserPolicy', 'enrolled', true],
  ])('changes no user whose second reading fails: %s of %s', async (action, user, blocked) => {
    const server = await everyState();
    // The user is also blocked by another method than the managed policy, so all methods are read again.
    server.iam.put('enrolled', { groups: ['ForceMFA'] });
    server.deny(action, user);
    const ran = await say(server.endpoint, ['sweep', '--yes']);
    expect(ran.status).toBe(3);
    expect(ran.stdout).toContain(`${user}: could not be read: AWS denied iam:${action}.`);
    expect(server.iam.isBlocked(user)).toBe(blocked);
    expect(server.iam.isBlocked('unprotected-with-keys')).toBe(true);
  });

  it.each([cleanAccount, emptyAccount])('has nothing to do in a clean account', async (account) => {
    const { endpoint } = await account();
    expect(await say(endpoint, ['sweep'])).toMatchObject({ status: 0, stderr: '' });
  });

  it.each([
    ['beside a deployment that observes', 'iam-mfa-enforcer-prod', []],
    ['without a stack', 'another-stack', []],
    ['where --mode is observe', 'enforcing', ['--stack', 'enforcing', '--mode', 'observe']],
    ['without reading a stack', 'iam-mfa-enforcer-prod', ['--no-stack']],
  ])('blocks and unblocks no user %s', async (_, name, flags) => {
    const server = await everyState();
    delete server.stacks['iam-mfa-enforcer-prod'];
    server.stacks[name] = deployedStack({ Mode: name === 'enforcing' ? 'enforce' : 'observe' });
    const ran = await say(server.endpoint, ['sweep', '--yes', ...flags]);
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout).toContain('unprotected: would be blocked: ');
    expect(ran.stdout).toContain('enrolled: would be unblocked: ');
    expect(ran.stdout).toMatch(/\nSettings \(.*\): mode observe, /);
    expect(writesOf(server)).toEqual([]);
  });

  const AGAINST =
    'The deployment iam-mfa-enforcer-prod observes. --mode enforce blocks these users although the deployment would not.';
  it.each([
    [true, 0, 3],
    [false, 1, 0],
  ])(
    'blocks beside an observing deployment with --mode enforce after a yes: %j',
    async (answer, status, writes) => {
      const server = await everyState();
      server.stacks['iam-mfa-enforcer-prod'] = deployedStack({ Mode: 'observe' });
      const questions: string[] = [];
      const ask = async (question: string) => {
        questions.push(question);
        return answer;
      };
      const ran = await say(server.endpoint, ['sweep', '--mode', 'enforce'], { ask });
      expect(ran.status).toBe(status);
      expect(questions).toEqual([
        expect.stringContaining(`; --mode overrides the stack’s observe. ${AGAINST} [y/N]`),
      ]);
      expect(writesOf(server)).toHaveLength(writes);
    },
  );

  it('takes --yes as the confirmation of --mode enforce', async () => {
    const server = await everyState();
    server.stacks['iam-mfa-enforcer-prod'] = deployedStack({ Mode: 'observe' });
    const unasked = await say(server.endpoint, ['sweep', '--mode', 'enforce']);
    expect(unasked).toMatchObject({ status: 2, stdout: '' });
    expect(unasked.stderr).toContain(AGAINST);
    expect(writesOf(server)).toEqual([]);
    const ran = await say(server.endpoint, ['sweep', '--mode', 'enforce', '--yes']);
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(writesOf(server)).toHaveLength(3);
  });

  it('lists every override of the stack in its question', async () => {
    const server = await everyState();
    const questions: string[] = [];
    const ask = async (question: string) => {
      questions.push(question);
      return false;
    };
    await say(server.endpoint, ['sweep', '--exempt-tags', 'a:b', '--exempt-users', 'x-*'], { ask });
    expect(questions).toEqual([
      expect.stringContaining(
        '; --exempt-tags overrides the stack’s userType:Service, --exempt-users overrides the stack’s "". [y/N]',
      ),
    ]);
    expect(questions[0]).not.toContain('although');
  });

  it('blocks no user who may have time to enrol', async () => {
    const server = await everyState();
    const ran = await run(server.endpoint, [
      'sweep',
      '--yes',
      '--mode',
      'enforce',
      '--grace-hours',
      '72',
    ]);
    expect(ran).toMatchObject({ status: 1, stdout: '' });
    expect(ran.stderr).toContain(
      'A user without MFA may have time to enrol, which is not known: no deployed stack was read. Nothing was changed.\n',
    );
    expect(writesOf(server)).toEqual([]);
  });
});
