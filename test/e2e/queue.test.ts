import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { CreateUserCommand } from '@aws-sdk/client-iam';
import { ReceiveMessageCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { afterAll, describe, expect, it } from 'vitest';
import { localClient } from '../../infra/local/local-client.ts';
import { isBlocked, loggedReviews } from '../../infra/local/watch.ts';
import {
  depth,
  physicalId,
  startTestAws,
  type TestAws,
  timesPosted,
  until,
  untilBlocked,
  untilQuiet,
} from './local-aws.ts';

// Failed records are retried at once. Otherwise they would take 30 minutes to the DLQ.
const started = await startTestAws({ retrySeconds: 0, parameters: { BlockLimit: '12' } });
const test = started as TestAws;

afterAll(() => started?.stop());

const ACCOUNT = '123456789012';
let counter = 0;

function record(eventName: string, userName: string, change: Record<string, unknown> = {}) {
  counter += 1;
  return {
    eventID: `queue-test-${counter}`,
    eventName,
    eventSource: 'iam.amazonaws.com',
    eventTime: new Date().toISOString(),
    recipientAccountId: ACCOUNT,
    userIdentity: { type: 'Root', arn: `arn:aws:iam::${ACCOUNT}:root` },
    requestParameters: { userName },
    responseElements: null,
    ...change,
  };
}

/** Puts events on the default bus, for the rules to match. */
async function putEvents(...details: object[]): Promise<void> {
  const events = localClient(EventBridgeClient, test.aws.moto.endpoint);
  for (const detail of details) {
    const entry = {
      Source: 'aws.iam',
      DetailType: 'AWS API Call via CloudTrail',
      Detail: JSON.stringify(detail),
    };
    await events.send(new PutEventsCommand({ Entries: [entry] }));
  }
  events.destroy();
}

/** The users without a message to Slack. */
async function createUnseen(...names: string[]): Promise<void> {
  for (const UserName of names) await test.unseen.send(new CreateUserCommand({ UserName }));
}

describe.skipIf(started === null)('the queue of IAM changes', () => {
  it('moves a poison message among nine good ones to the DLQ, and the nine are handled', async () => {
    const users = Array.from({ length: 9 }, (_, index) => `good-${index}`);
    await createUnseen(...users, 'bystander');
    const bodies = users.map((user) => JSON.stringify(record('CreateUser', user)));
    bodies.splice(4, 0, JSON.stringify(record('CreateUser', 'poison!', { eventID: 'the-poison' })));
    await test.sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: physicalId(test, 'IamChangesQueue'),
        Entries: bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody })),
      }),
    );
    for (const user of users) await untilBlocked(test, user, true);
    await until(
      async () => (await depth(test, 'IamChangesFailed')) === 1,
      'the poison is in the DLQ',
    );

    const { Messages } = await test.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: physicalId(test, 'IamChangesFailed') }),
    );
    expect(Messages?.[0]?.Body).toContain('the-poison');
    expect(await depth(test, 'IamChangesQueue')).toBe(0);
    expect(await isBlocked(test.aws, test.unseen, 'bystander')).toBe(false);
    const log = test.aws.functions.onIamChange.log();
    expect(log.match(/cannot read event the-poison/g)?.length).toBeGreaterThanOrEqual(5);
    expect(log).not.toContain('poison!');
  });

  it('leads to the same state with events that come twice, late or in the wrong order', async () => {
    await createUnseen('shuffled');
    const device = { serialNumber: `arn:aws:iam::${ACCOUNT}:mfa/gone`, userName: 'shuffled' };
    const ago = (seconds: number) => ({
      eventTime: new Date(Date.now() - seconds * 1000).toISOString(),
    });
    // Old enough that no reading counts as stale, in whatever batches the events come.
    const created = record('CreateUser', 'shuffled', ago(800));
    const enabled = record('EnableMFADevice', 'shuffled', {
      ...ago(700),
      requestParameters: device,
    });
    const deactivated = record('DeactivateMFADevice', 'shuffled', {
      ...ago(600),
      requestParameters: device,
    });
    await putEvents(deactivated, enabled, created, enabled, deactivated, created);
    await untilBlocked(test, 'shuffled', true);
    await untilQuiet(test);
    expect(await isBlocked(test.aws, test.unseen, 'shuffled')).toBe(true);
    // One message about the block, and one about the device that another identity enabled.
    await until(() => timesPosted(test, 'shuffled') > 1, 'the message');
    expect(timesPosted(test, 'shuffled')).toBe(2);
  });

  it('gets no events of other services, of failed calls or of other kinds, and reviews nobody for another policy', async () => {
    await createUnseen('elsewhere');
    await putEvents(
      record('CreateUser', 'elsewhere', { eventSource: 'sso-directory.amazonaws.com' }),
      record('CreateUser', 'elsewhere', { errorCode: 'AccessDenied' }),
      record('ChangePassword', 'elsewhere'),
      record('AttachUserPolicy', 'elsewhere', {
        requestParameters: {
          userName: 'elsewhere',
          policyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
        },
      }),
    );
    await untilQuiet(test);
    expect(test.aws.functions.onIamChange.log()).not.toContain('elsewhere');
    expect(await isBlocked(test.aws, test.unseen, 'elsewhere')).toBe(false);
  });

  it('reviews a new user again later if IAM does not show the user yet', async () => {
    await putEvents(record('CreateUser', 'slow'));
    await until(
      () => test.aws.functions.onIamChange.log().includes('the user is not visible yet'),
      'stale',
    );
    await createUnseen('slow');
    await untilBlocked(test, 'slow', true);
    const reviewed = () => loggedReviews(test.aws).find(({ user }) => user === 'slow');
    await until(() => reviewed() !== undefined, 'slow reviewed');
    expect(reviewed()).toMatchObject({ action: 'block', cause: { eventName: 'CreateUser' } });
  });

  it('stops blocking at the limit, and reports it once', async () => {
    await createUnseen('twelfth', 'thirteenth', 'fourteenth');
    await putEvents(
      ...['twelfth', 'thirteenth', 'fourteenth'].map((user) => record('CreateUser', user)),
    );
    await until(
      () => test.aws.slack.messages.some(({ text }) => text.startsWith('Block limit reached')),
      'the alert',
    );
    await untilQuiet(test);
    const blocked = await Promise.all(
      ['twelfth', 'thirteenth', 'fourteenth'].map((user) => isBlocked(test.aws, test.unseen, user)),
    );
    expect(blocked.filter(Boolean)).toHaveLength(1);
  });
});
