import { afterEach, describe, expect, it, vi } from 'vitest';
import { BUCKET, MemoryDeployment, STACK } from '../../fakes/memory-deployment.ts';
import { blocked, deployed, END, endOf, USERS } from '../../fakes/removal.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const nothing = { Parameters: {}, Resources: {}, Outputs: {} };

describe('remove', () => {
  it('changes nothing where the stack has termination protection', async () => {
    const aws = deployed();
    aws.answers.DescribeStacks = (input) => {
      const { Stacks } = aws.stacks.call('DescribeStacks', input as never) as { Stacks: object[] };
      return { Stacks: [{ ...Stacks[0], EnableTerminationProtection: true }] };
    };
    const ran = await aws.say(['remove', '--yes']);
    expect(ran).toMatchObject({ status: 1, stdout: '' });
    expect(ran.stderr).toContain(
      `update-termination-protection --region us-east-1 --no-enable-termination-protection --stack-name ${STACK}`,
    );
    expect(aws.writes).toEqual([]);
  });

  it('waits while Lambda still changes a mapping, which it would refuse to change', async () => {
    const aws = deployed();
    const states = ['Updating', 'Enabled', 'Disabling', 'Disabled'];
    aws.answers.GetEventSourceMapping = () => ({
      State: states.length > 1 ? states.shift() : states[0],
    });
    expect(await aws.say(['remove', '--yes'])).toMatchObject({ status: 0 });
    expect(states).toEqual(['Disabled']);
    expect(aws.writes.filter((one) => one === 'UpdateEventSourceMapping')).toHaveLength(1);
  });

  it('unblocks everyone, deletes the stack and its code, and names what is left', async () => {
    const aws = deployed();
    aws.parameters.set('/mfa-enforcer/slack-webhook', 'SecureString');
    aws.parameters.set('/mfa-enforcer/mail-text', 'String');
    const ran = await aws.say(['remove', '--yes']);
    expect(ran.status).toBe(0);
    expect(endOf(aws)).toEqual(END);
    await expect(ran.stdout).toMatchFileSnapshot('golden/remove/removed.txt');
  });

  it('disables rules and mappings before the first unblock, and the way of alerts not at all', async () => {
    const aws = deployed();
    await aws.say(['remove', '--yes']);
    const firstUnblock = aws.writes.findIndex((action) => /User/.test(action));
    expect(aws.writes.slice(0, firstUnblock)).toEqual([
      'DisableRule',
      'DisableRule',
      'UpdateEventSourceMapping',
    ]);
    expect(aws.writes.slice(firstUnblock)).not.toContain('DisableRule');
    expect([...aws.disabled].filter((name) => /Outcomes|Slack/.test(name))).toEqual([]);
    expect(aws.writes.slice(-3)).toEqual(['DeleteStack', 'DeleteObjects', 'DeleteBucket']);
  });

  it('waits until a mapping is disabled before it unblocks', async () => {
    const aws = deployed();
    const states = ['Disabling', 'Disabling', 'Disabled'];
    aws.answers.GetEventSourceMapping = () => ({ State: states.shift() });
    await aws.say(['remove', '--yes']);
    expect(states).toEqual([]);
    expect(aws.calls.lastIndexOf('GetEventSourceMapping')).toBeLessThan(
      aws.calls.findIndex((action) => /^(Detach|Remove|Delete).*User/.test(action)),
    );
  });

  it.each(['RemoveUserFromGroup', 'DeleteStack', 'DeleteBucket'])(
    'unblocks a user whom a late review blocks again, at %s',
    async (when) => {
      const aws = deployed();
      let isLate = true;
      aws.before = (action) => {
        if (action !== when || !isLate) return;
        isLate = false;
        aws.iam.put('by-policy', { groups: ['ForceMFA'] });
      };
      const ran = await aws.say(['remove', '--yes', '--json']);
      const again = when === 'DeleteBucket' ? await aws.say(['remove', '--yes']) : ran;
      expect([ran.status, again.status]).toEqual([0, 0]);
      expect(endOf(aws)).toEqual(END);
      const { users } = JSON.parse(ran.stdout) as { users: { user: string }[] };
      expect(users.map(({ user }) => user).toSorted()).toEqual(USERS.toSorted());
    },
  );

  it('leaves the users of another stack alone, whose policy it finds without its own stack', async () => {
    const aws = deployed();
    const ran = await aws.say(['remove', '--stack', 'another', '--yes']);
    expect(ran).toMatchObject({ status: 1, stdout: '' });
    expect(ran.stderr).toContain('has no stack another in us-east-1, but arn:aws:iam::');
    expect(ran.stderr).toContain('--policy-name ForceMFA');
    expect(aws.writes).toEqual([]);
  });

  it('keeps the stack while a user cannot be unblocked, and names the user', async () => {
    const aws = deployed();
    const denied = () =>
      Object.assign(
        new Error('User: x is not authorized to perform: iam:DetachUserPolicy on resource: y'),
        { name: 'AccessDenied' },
      );
    aws.iam.failNext('DetachUserPolicy', denied, 100);
    const ran = await aws.say(['remove', '--yes']);
    expect(ran.status).toBe(1);
    expect(blocked(aws)).toEqual(['by-policy']);
    expect(aws.writes).not.toContain('DeleteStack');
    await expect(ran.stdout).toMatchFileSnapshot('golden/remove/not-unblocked.txt');
  });

  it('says why the stack was not deleted, and goes on when run again', async () => {
    const aws = deployed();
    aws.stacks.onStep = ({ type, status }) => {
      if (type !== 'AWS::CloudFormation::Stack' || status !== 'DELETE_IN_PROGRESS') return;
      aws.stacks.onStep = () => undefined;
      aws.iam.put('by-policy', { policies: [aws.iam.policyArn] });
    };
    const ran = await aws.say(['remove', '--yes']);
    expect(ran.status).toBe(1);
    await expect(ran.stdout).toMatchFileSnapshot('golden/remove/delete-failed.txt');
    expect(aws.stacks.existing).toMatchObject([{ status: 'DELETE_FAILED' }]);
    expect((await aws.say(['remove', '--yes'])).status).toBe(0);
    expect(endOf(aws)).toEqual(END);
  });

  it('says to run it again where the cause of a failed deletion is not a known one', async () => {
    const aws = deployed();
    aws.stacks.failing.set('DELETE IamChangesQueue', 'The queue is busy');
    const ran = await aws.say(['remove', '--yes']);
    expect(ran.status).toBe(1);
    expect(ran.stdout).toMatch(
      /First cause: IamChangesQueue .*\n {2}The queue is busy\nFix the cause and run this command again\.\n$/,
    );
  });

  it('does nothing where the answer is no, or in a dry run', async () => {
    const aws = deployed();
    const before = endOf(aws);
    const declined = await aws.say(['remove'], { ask: async () => false });
    expect(declined).toMatchObject({ status: 1, stderr: 'Nothing was changed.\n' });
    const dry = await aws.say(['remove', '--dry-run']);
    expect(dry.status).toBe(1);
    await expect(dry.stdout).toMatchFileSnapshot('golden/remove/dry-run.txt');
    expect(aws.writes).toEqual([]);
    expect(endOf(aws)).toEqual(before);
  });

  it.each(['UPDATE_COMPLETE', 'ROLLBACK_COMPLETE', 'DELETE_FAILED'])(
    'refuses a stack of another project that is %s',
    async (status) => {
      const aws = new MemoryDeployment().install();
      aws.stacks.put('shop', status, { Mode: 'x' }, nothing);
      const ran = await aws.say(['remove', '--stack', 'shop', '--yes']);
      expect(ran).toEqual({
        status: 1,
        stdout: '',
        stderr:
          'The stack shop is not a deployment of iam-mfa-enforcer: it has no parameters Mode and PolicyName.\n  Name another stack with --stack.\n',
      });
      expect(aws.writes).toEqual([]);
    },
  );

  it.each(['UPDATE_IN_PROGRESS', 'DELETE_IN_PROGRESS'])(
    'refuses a stack that is %s',
    async (status) => {
      const aws = deployed(status);
      const ran = await aws.say(['remove', '--yes']);
      expect(ran).toMatchObject({
        status: 1,
        stderr: `The stack ${STACK} is ${status}.\n  Wait until that has finished, and run this command again.\n`,
      });
      expect(aws.writes).toEqual([]);
    },
  );

  it.each(['ROLLBACK_COMPLETE', 'UPDATE_ROLLBACK_FAILED', 'CREATE_FAILED', 'DELETE_FAILED'])(
    'removes a stack that is %s',
    async (status) => {
      const aws = deployed(status);
      expect((await aws.say(['remove', '--yes'])).status).toBe(0);
      expect(endOf(aws)).toEqual(END);
    },
  );

  it('removes what an interrupted deployment has left in review', async () => {
    const aws = new MemoryDeployment().install();
    aws.stacks.put(STACK, 'REVIEW_IN_PROGRESS', {}, nothing);
    expect((await aws.say(['remove', '--yes'])).status).toBe(0);
    expect(aws.stacks.existing).toEqual([]);
  });

  it('keeps a bucket with the code of another stack, and one that it did not create', async () => {
    const aws = deployed();
    aws.buckets.get(BUCKET)?.objects.set('other/template.json', '{}');
    const ran = await aws.say(['remove', '--yes']);
    expect(ran.stdout).toContain(`- the bucket ${BUCKET}, which has the code of other stacks\n`);
    expect([...(aws.buckets.get(BUCKET)?.objects.keys() ?? [])]).toEqual(['other/template.json']);
    vi.restoreAllMocks();
    const other = new MemoryDeployment().install();
    other.deployed({ S3Bucket: 'own-bucket' });
    other.buckets.set('own-bucket', { account: '111122223333', objects: new Map([['a', 'b']]) });
    const also = await other.say(['remove', '--yes']);
    expect(also.stdout).toContain('- the bucket own-bucket, which mfa-enforcer did not create\n');
    expect(other.buckets.get('own-bucket')?.objects.size).toBe(1);
  });
});
