import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateUserCommand, DeactivateMFADeviceCommand, GetUserCommand } from '@aws-sdk/client-iam';
import { afterAll, describe, expect, it } from 'vitest';
import { stateKeys } from '../../events/state-keys.ts';
import { getEntry, putEntry } from '../../functions/io/dynamodb.ts';
import { localClient } from '../../infra/local/local-client.ts';
import { enrol } from '../../infra/local/people.ts';
import { isBlocked, sweepNow } from '../../infra/local/watch.ts';
import { say } from '../fakes/shell.ts';
import { physicalId, startTestAws, type TestAws, until, untilBlocked } from './local-aws.ts';

const ACCOUNT = '123456789012';
const MINUTE_MS = 60_000;
const started = await startTestAws({
  parameters: {
    GraceHours: '1',
    NotifyUsers: 'email',
    NotifyFrom: 'aws-security@example.com',
    NotifyDomains: 'example.com',
  },
});
const test = started as TestAws;

afterAll(() => started?.stop());

const create = (UserName: string) => test.admin.send(new CreateUserCommand({ UserName }));
const mailsTo = (address: string) => test.aws.trail.mails.filter(({ to }) => to.join() === address);
const untilMailed = (address: string, count: number) =>
  until(() => mailsTo(address).length >= count, `${count} mails to ${address}`);

/** Moves the begin of a user's time into the past, as if the minutes had passed. */
async function pass(user: string, minutes: number): Promise<void> {
  const dynamo = localClient(DynamoDBClient, test.aws.moto.endpoint);
  const table = physicalId(test, 'StateTable');
  const { User } = await test.unseen.send(new GetUserCommand({ UserName: user }));
  const id = stateKeys.userGrace(ACCOUNT, User?.UserId ?? '');
  const entry = JSON.parse((await getEntry(dynamo, table, id)) ?? '') as { since: string };
  const since = new Date(Date.parse(entry.since) - minutes * MINUTE_MS).toISOString();
  const expires = new Date(Date.now() + 24 * 60 * MINUTE_MS);
  await putEntry(dynamo, table, id, JSON.stringify({ ...entry, since }), expires);
  dynamo.destroy();
}

const DANA = 'dana@example.com';

describe.skipIf(started === null)('a stack that gives users an hour to enrol', () => {
  it('tells a new user until when, and does not block the user', async () => {
    await create(DANA);
    await untilMailed(DANA, 1);
    await until(
      () => JSON.stringify(test.aws.slack.messages).includes('must enrol an MFA device'),
      'a message',
    );
    expect(await isBlocked(test.aws, test.unseen, DANA)).toBe(false);
    expect(mailsTo(DANA)[0]?.subject).toMatch(/by \d{4}-\d{2}-\d{2} \d{2}:\d{2} UTC/);
    const { stdout } = await say(test.aws.trail.endpoint, ['explain', DANA]);
    expect(stdout).toContain(`${DANA}: UNPROTECTED; has time to enrol until `);
    const { stdout: plan } = await say(test.aws.trail.endpoint, ['plan']);
    expect(plan).toContain('1 user without MFA has time to enrol:');
  });

  it('reminds the user once at half time', async () => {
    await pass(DANA, 35);
    await sweepNow(test.aws, 'half-time');
    await until(
      () => test.aws.functions.notifySlack.log().includes('/half-time"'),
      'the reminder in Slack',
    );
    await sweepNow(test.aws, 'half-time-again');
    expect(await isBlocked(test.aws, test.unseen, DANA)).toBe(false);
  });

  it('blocks the user when the time is over', async () => {
    await pass(DANA, 30);
    await sweepNow(test.aws, 'over');
    await untilBlocked(test, DANA, true);
    await until(() => mailsTo(DANA).some(({ subject }) => /blocked/.test(subject)), 'a mail');
    await until(
      () => JSON.stringify(test.aws.slack.messages).includes('the time to enrol is over'),
      'the message about the block',
    );
  });

  it('blocks a user at once who enrolled and removed the device', async () => {
    await create('erin@example.com');
    await untilMailed('erin@example.com', 1);
    const serial = await enrol(test.admin, 'erin@example.com');
    await test.admin.send(
      new DeactivateMFADeviceCommand({ UserName: 'erin@example.com', SerialNumber: serial }),
    );
    await untilBlocked(test, 'erin@example.com', true);
    const { stdout } = await say(test.aws.trail.endpoint, ['report', '--format', 'json']);
    expect(stdout).toContain('"blocked": true');
  });
});
