import { CreateUserCommand } from '@aws-sdk/client-iam';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { afterAll, describe, expect, it } from 'vitest';
import { isBlocked, waitFor } from '../../infra/local/watch.ts';
import { run } from '../fakes/command.ts';
import { blocked } from '../fakes/outcomes.ts';
import {
  depth,
  empty,
  physicalId,
  sentIds,
  startTestAws,
  type TestAws,
  until,
  untilQuiet,
} from './local-aws.ts';

const started = await startTestAws({ retrySeconds: 0 });
const test = started as TestAws;

afterAll(() => started?.stop());

const ACCOUNT = '123456789012';
const redrive = (...args: string[]) => run(test.aws.moto.endpoint, ['redrive', ...args]);

async function put(queue: string, ...messages: object[]): Promise<void> {
  const QueueUrl = physicalId(test, queue);
  const Entries = messages.map((message, index) => ({
    Id: String(index),
    MessageBody: JSON.stringify(message),
  }));
  await test.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
}

/** An event of a week ago, too old to prove a reading stale. */
function changeOf(userName: string): object {
  return {
    eventID: `event-of-${userName}`,
    eventName: 'CreateUser',
    eventSource: 'iam.amazonaws.com',
    eventTime: new Date(Date.now() - 7 * 86_400_000).toISOString(),
    recipientAccountId: ACCOUNT,
    userIdentity: { type: 'Root', arn: `arn:aws:iam::${ACCOUNT}:root` },
    requestParameters: { userName },
    responseElements: null,
  };
}

const outcomeOf = (user: string) => ({
  source: 'mfa-enforcer',
  'detail-type': 'User Blocked',
  detail: blocked({ user, id: `user-blocked/${user}` }),
});

/** Every kind of failed message, some of them twice, as a killed redrive leaves them. */
async function putFailedMessages(): Promise<void> {
  await put('IamChangesFailed', changeOf('failed'), changeOf('failed'), changeOf('deleted'));
  await put('IamChangesUndelivered', changeOf('undelivered'));
  await put('OutcomesFailed', outcomeOf('unpublished-1'), outcomeOf('unpublished-1'));
  await put('OutcomesUndelivered', outcomeOf('unpublished-2'));
}

const writes = () =>
  test.aws.trail.records.filter(({ eventName }) => eventName === 'AttachUserPolicy').length;

describe.skipIf(started === null)('mfa-enforcer redrive', () => {
  it('moves every failed message to its queue, where it is handled', async () => {
    for (const UserName of ['failed', 'undelivered', 'bystander']) {
      await test.unseen.send(new CreateUserCommand({ UserName }));
    }
    await putFailedMessages();
    const { status, stdout } = await redrive('--yes');
    expect(status).toBe(0);
    expect(stdout).toBe(
      'IamChangesFailed: 3 messages moved to IamChangesQueue\n' +
        'IamChangesUndelivered: 1 message moved to IamChangesQueue\n' +
        'OutcomesFailed: 2 messages moved to OutcomesQueue\n' +
        'OutcomesUndelivered: 1 message moved to OutcomesQueue\n',
    );
    for (const user of ['failed', 'undelivered']) {
      await until(() => isBlocked(test.aws, test.unseen, user), `${user} blocked`);
    }
    await until(() => sentIds(test).length >= 4, 'four messages');
  });

  it('changes nothing the second time', async () => {
    // The own changes after the blocks wait until they are two minutes old.
    await until(() => empty(test, 'queues'), 'all done');
    await untilQuiet(test);
    const written = writes();
    await putFailedMessages();
    expect(await redrive('--yes')).toMatchObject({ status: 0 });
    await until(() => empty(test, 'queues'), 'all done again');
    await untilQuiet(test);
    expect(await empty(test, 'failed messages')).toBe(true);
    expect(writes()).toBe(written);
    expect(await isBlocked(test.aws, test.unseen, 'bystander')).toBe(false);
    expect(sentIds(test).toSorted()).toEqual([
      `user-blocked/${ACCOUNT}/failed/event-of-failed`,
      `user-blocked/${ACCOUNT}/undelivered/event-of-undelivered`,
      'user-blocked/unpublished-1',
      'user-blocked/unpublished-2',
    ]);
  });

  it('reports that there is nothing to move', async () => {
    expect(await redrive('--yes')).toMatchObject({
      status: 0,
      stdout: 'There are no failed messages to requeue.\n',
    });
  });

  it('asks first, and moves only the messages of the named queue', async () => {
    await put('IamChangesFailed', changeOf('failed'));
    await put('OutcomesFailed', outcomeOf('unpublished-1'));
    const asked = await redrive('OutcomesFailed');
    expect(asked).toMatchObject({ status: 2, stdout: '' });
    expect(asked.stderr).toContain(
      'Requeue 1 failed message of stack iam-mfa-enforcer-prod, account 123456789012 (OutcomesFailed 1)?',
    );
    expect(await depth(test, 'OutcomesFailed')).toBe(1);
    const { status, stdout } = await redrive('OutcomesFailed', '--yes', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'mfa-enforcer/redrive/1',
      stack: 'iam-mfa-enforcer-prod',
      queues: [{ queue: 'OutcomesFailed', to: 'OutcomesQueue', messages: 1, moved: 1 }],
    });
    expect(await depth(test, 'IamChangesFailed')).toBe(1);
    expect(await redrive('IamChangesFailed', '--yes')).toMatchObject({ status: 0 });
  });

  it('ends even with a message that always fails, which becomes a failed message again', async () => {
    await put('IamChangesFailed', { no: 'message of ours' });
    expect(await redrive('--yes')).toMatchObject({ status: 0 });
    const back = async () => (await depth(test, 'IamChangesFailed')) === 1;
    expect(await waitFor(back, 60_000)).not.toBeNull();
  });

  it('names a stack that does not exist', async () => {
    const { status, stderr } = await redrive('--stack', 'another', '--yes');
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: 'There is no stack another in this account. Name the stack with --stack.\n',
    });
  });
});
