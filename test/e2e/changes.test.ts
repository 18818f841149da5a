import {
  AttachUserPolicyCommand,
  CreateLoginProfileCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateUserCommand,
  DeactivateMFADeviceCommand,
  DeleteUserCommand,
  DetachUserPolicyCommand,
  RemoveUserFromGroupCommand,
  TagUserCommand,
  UntagUserCommand,
  UpdateUserCommand,
} from '@aws-sdk/client-iam';
import { afterAll, describe, expect, it } from 'vitest';
import { getPolicy } from '../../functions/io/iam-policies.ts';
import { listGroups } from '../../functions/io/iam-user.ts';
import { enrol } from '../../infra/local/people.ts';
import { isBlocked, loggedReviews, waitFor } from '../../infra/local/watch.ts';
import {
  physicalId,
  startTestAws,
  type TestAws,
  timesPosted,
  until,
  untilBlocked,
  untilQuiet,
} from './local-aws.ts';

const started = await startTestAws();
const test = started as TestAws;

afterAll(() => started?.stop());

describe.skipIf(started === null)('the packaged stack on the local AWS', () => {
  it('blocks a new user, at any path', async () => {
    await test.admin.send(new CreateUserCommand({ UserName: 'new', Path: '/staff/berlin/' }));
    await untilBlocked(test, 'new', true);
  });

  it('unblocks a user who enrols a device of any name, and blocks the user who deactivates it', async () => {
    await test.admin.send(new CreateUserCommand({ UserName: 'enrolling' }));
    await untilBlocked(test, 'enrolling', true);
    const SerialNumber = await enrol(test.admin, 'enrolling');
    await untilBlocked(test, 'enrolling', false);
    await test.admin.send(new DeactivateMFADeviceCommand({ UserName: 'enrolling', SerialNumber }));
    await untilBlocked(test, 'enrolling', true);
  });

  it('does not block a service user until the tag is gone', async () => {
    const Tags = [{ Key: 'userType', Value: 'service' }];
    await test.admin.send(new CreateUserCommand({ UserName: 'robot', Tags }));
    await until(
      () => loggedReviews(test.aws).some(({ user }) => user === 'robot'),
      'robot reviewed',
    );
    expect(await isBlocked(test.aws, test.unseen, 'robot')).toBe(false);
    await test.admin.send(new UntagUserCommand({ UserName: 'robot', TagKeys: ['userType'] }));
    await untilBlocked(test, 'robot', true);
    await test.admin.send(new TagUserCommand({ UserName: 'robot', Tags }));
    await untilBlocked(test, 'robot', false);
  });

  it('attaches ForceMFA again after a detach', async () => {
    await test.admin.send(
      new DetachUserPolicyCommand({
        UserName: 'new',
        PolicyArn: physicalId(test, 'ForceMfaPolicy'),
      }),
    );
    await untilBlocked(test, 'new', true);
  });

  it('blocks by the deny group where the managed policies are full, and restores the group and its policy', async () => {
    const GroupName = 'ForceMFA';
    const inGroup = async () => (await listGroups(test.unseen, 'full')).includes(GroupName);
    await test.unseen.send(new CreateUserCommand({ UserName: 'full' }));
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Action: 'a4b:*', Resource: '*' }],
    });
    for (let index = 0; index < 10; index += 1) {
      const { Policy } = await test.unseen.send(
        new CreatePolicyCommand({ PolicyName: `p${index}`, PolicyDocument }),
      );
      await test.unseen.send(
        new AttachUserPolicyCommand({ UserName: 'full', PolicyArn: Policy?.Arn }),
      );
    }
    await test.admin.send(
      new CreateLoginProfileCommand({ UserName: 'full', Password: 'A-long-1-password!' }),
    );
    await until(inGroup, 'full in the deny group');
    expect(await isBlocked(test.aws, test.unseen, 'full')).toBe(false);

    await test.admin.send(new RemoveUserFromGroupCommand({ UserName: 'full', GroupName }));
    await until(inGroup, 'full back in the deny group');
    await enrol(test.admin, 'full');
    await until(async () => !(await inGroup()), 'full unblocked');
    // Messages: two blocks, the unblock, and the device that an administrator enabled for the user.
    await until(() => timesPosted(test, 'full') === 4, 'four messages');
  });

  it('restores an edited policy, and reports the caller', async () => {
    const PolicyArn = physicalId(test, 'ForceMfaPolicy');
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
    });
    const version = async () => (await getPolicy(test.unseen, PolicyArn))?.defaultVersionId;
    const good = await version();
    await test.admin.send(
      new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: true }),
    );
    await until(async () => (await version()) === good, 'the good version is the default again');
    const posted = () => JSON.stringify(test.aws.slack.messages);
    await until(() => posted().includes('was changed and restored'), 'the message');
    expect(posted()).toContain('`CreatePolicyVersion` by ');
  });

  it('reports who removes a block three times, and blocks again half a minute later', async () => {
    const UserName = 'contested';
    await test.admin.send(new CreateUserCommand({ UserName }));
    for (let removals = 1; removals <= 3; removals += 1) {
      await untilBlocked(test, UserName, true);
      const PolicyArn = physicalId(test, 'ForceMfaPolicy');
      await test.admin.send(new DetachUserPolicyCommand({ UserName, PolicyArn }));
    }
    const posted = () => JSON.stringify(test.aws.slack.messages);
    await until(
      () => posted().includes(`The block of ${UserName} was removed 3 times`),
      'the message',
    );
    expect(await isBlocked(test.aws, test.unseen, UserName)).toBe(false);
    const seconds = await waitFor(() => isBlocked(test.aws, test.unseen, UserName), 60_000);
    expect(seconds).not.toBeNull();
  }, 150_000);

  it('blocks a renamed user under the new name', async () => {
    test.aws.trail.fate = ({ eventName }) => (eventName === 'CreateUser' ? 'lose' : 'deliver');
    await test.admin.send(new CreateUserCommand({ UserName: 'before' }));
    test.aws.trail.fate = () => 'deliver';
    await test.admin.send(new UpdateUserCommand({ UserName: 'before', NewUserName: 'after' }));
    await untilBlocked(test, 'after', true);
  });

  it('ignores failed calls and deleted users', async () => {
    await expect(test.admin.send(new CreateUserCommand({ UserName: 'new' }))).rejects.toThrow();
    test.aws.trail.fate = () => 'lose';
    await test.admin.send(new CreateUserCommand({ UserName: 'short-lived' }));
    test.aws.trail.fate = () => 'deliver';
    await test.admin.send(new DeleteUserCommand({ UserName: 'short-lived' }));
    await untilQuiet(test);
    expect(loggedReviews(test.aws).map(({ user }) => user)).not.toContain('short-lived');
  });

  it('makes one block and one message for several changes of a user', async () => {
    await test.admin.send(new CreateUserCommand({ UserName: 'busy' }));
    await test.admin.send(
      new CreateLoginProfileCommand({ UserName: 'busy', Password: 'A-long-1-password!' }),
    );
    await test.admin.send(
      new TagUserCommand({ UserName: 'busy', Tags: [{ Key: 'team', Value: 'x' }] }),
    );
    await untilBlocked(test, 'busy', true);
    await untilQuiet(test);
    await until(() => timesPosted(test, 'busy') > 0, 'the message');
    expect(timesPosted(test, 'busy')).toBe(1);
  });

  it('does not react to its own writes: each comes back as one event and causes no call', async () => {
    await untilQuiet(test);
    const byEnforcer = test.aws.trail.records.filter(({ userIdentity }) =>
      JSON.stringify(userIdentity).includes(physicalId(test, 'OnIamChangeRole')),
    );
    const acted = loggedReviews(test.aws).filter(({ action }) => action !== 'none');
    // One more write: the policy that was restored.
    expect(byEnforcer).toHaveLength(acted.length + 1);
    const before = test.aws.trail.records.length;
    await untilQuiet(test);
    expect(test.aws.trail.records).toHaveLength(before);
  });

  it('posts the user, the action, the reason and the caller to Slack, and keeps the webhook out of every log', async () => {
    const about = test.aws.slack.messages.find((one) => JSON.stringify(one).includes('`new`'));
    const posted = JSON.stringify(about);
    for (const part of ['is blocked', 'no MFA device, no exemption', '`CreateUser` by ']) {
      expect(posted).toContain(part);
    }
    const { onIamChange, nightlySweep, notifySlack } = test.aws.functions;
    const secret = test.aws.slack.webhook.split('/').at(-1) ?? '';
    expect(onIamChange.log() + nightlySweep.log() + notifySlack.log()).not.toContain(
      `B00000000/${secret}`,
    );
  });
});
