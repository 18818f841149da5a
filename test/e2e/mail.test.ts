import { CreateUserCommand } from '@aws-sdk/client-iam';
import {
  CreateEmailIdentityCommand,
  DeleteEmailIdentityCommand,
  SESv2Client,
} from '@aws-sdk/client-sesv2';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, describe, expect, it } from 'vitest';
import { localClient } from '../../infra/local/local-client.ts';
import { enrol } from '../../infra/local/people.ts';
import { sweepNow } from '../../infra/local/watch.ts';
import { say } from '../fakes/shell.ts';
import { depth, startTestAws, type TestAws, until, untilBlocked, untilQuiet } from './local-aws.ts';

const FROM = 'aws-security@example.com';
const started = await startTestAws({
  parameters: {
    NotifyUsers: 'email',
    NotifyFrom: FROM,
    NotifyDomains: 'example.com',
    HelpContact: 'the help desk',
  },
});
const test = started as TestAws;

afterAll(() => started?.stop());

const mailsTo = (address: string) => test.aws.trail.mails.filter(({ to }) => to.join() === address);
const create = (UserName: string, tags: Readonly<Record<string, string>>) => {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  // The SDK would send an empty list as a text.
  return test.admin.send(new CreateUserCommand({ UserName, ...(Tags.length > 0 && { Tags }) }));
};
const untilMailed = (address: string, count: number) =>
  until(() => mailsTo(address).length >= count, `${count} mails to ${address}`);

describe.skipIf(started === null)('a stack whose users get mails', () => {
  it('tells a user that the user is blocked, and unblocked after enrolling', async () => {
    await create('dana', { Email: 'dana@else.example' });
    await untilBlocked(test, 'dana', true);
    await untilMailed('dana@else.example', 1);
    const [mail] = mailsTo('dana@else.example');
    expect(mail?.from).toBe(FROM);
    expect(mail?.text).toContain('the help desk');
    expect(mail?.text).toContain('dana');
    expect(mail?.html).toContain('dana');

    await enrol(test.admin, 'dana');
    await untilBlocked(test, 'dana', false);
    await untilMailed('dana@else.example', 2);
    expect(mailsTo('dana@else.example')[1]?.text).toContain(':mfa/phone-of-dana');
  });

  it('takes a user name that is an address of the deployment’s domain', async () => {
    await create('erin@example.com', {});
    await untilMailed('erin@example.com', 1);
  });

  it('sends no mail to a user without an address, and none to an exempt one', async () => {
    await create('frank', {});
    await create('grace@else.example', {});
    await create('robot', { userType: 'Service', email: 'robot@example.com' });
    await untilBlocked(test, 'frank', true);
    await untilBlocked(test, 'grace@else.example', true);
    await untilQuiet(test);
    await until(async () => (await depth(test, 'UserMailQueue')) === 0, 'no mail waits');
    expect(test.aws.trail.mails).toHaveLength(3);
  });

  it('sets aside a mail that SES refuses, and sends it after a redrive, once', async () => {
    const ses = localClient(SESv2Client, test.aws.moto.endpoint);
    await ses.send(new DeleteEmailIdentityCommand({ EmailIdentity: FROM }));
    await create('heidi', { email: 'heidi@example.com' });
    await until(async () => (await depth(test, 'UserMailFailed')) === 1, 'a failed message');
    expect(mailsTo('heidi@example.com')).toEqual([]);

    await ses.send(new CreateEmailIdentityCommand({ EmailIdentity: FROM }));
    ses.destroy();
    const { stdout, status } = await say(test.aws.trail.endpoint, [
      'redrive',
      'UserMailFailed',
      '--yes',
    ]);
    expect(stdout).toContain('UserMailFailed');
    expect(status).toBe(0);
    await untilMailed('heidi@example.com', 1);
    await until(async () => (await depth(test, 'UserMailQueue')) === 0, 'no mail waits');
    expect(mailsTo('heidi@example.com')).toHaveLength(1);
    expect(await depth(test, 'UserMailFailed')).toBe(0);
  });

  it('has no findings of the doctor about mails', async () => {
    const { stdout } = await say(test.aws.trail.endpoint, ['doctor']);
    expect(stdout).toContain(`SES sends mails from ${FROM} to any address`);
  });

  it('tells an exempt user that the exemption ends tomorrow', async () => {
    const tomorrow = new Date(Date.now() + 24 * 60 * 60_000).toISOString().slice(0, 10);
    await create('judy', {
      userType: 'Service',
      'mfa-exempt-until': tomorrow,
      email: 'judy@example.com',
    });
    await sweepNow(test.aws, 'ending');
    await untilMailed('judy@example.com', 1);
    expect(mailsTo('judy@example.com')[0]?.text).toContain(tomorrow);
  });

  it('uses the company’s own text from the next mail on', async () => {
    const { defaultMailText } = await import('../../functions/runtime/default-mail-text.ts');
    const ssm = localClient(SSMClient, test.aws.moto.endpoint);
    const Value = defaultMailText.replaceAll('AWS', 'ACME AWS');
    await ssm.send(
      new PutParameterCommand({ Name: '/mfa-enforcer/mail-text', Type: 'String', Value }),
    );
    ssm.destroy();
    await create('ivan', { email: 'ivan@example.com' });
    await untilMailed('ivan@example.com', 1);
    expect(mailsTo('ivan@example.com')[0]?.text).toContain('ACME AWS');
  });

  it('has outcome ids and no address of a tag in the log of notify-user', () => {
    const log = test.aws.functions.notifyUser.log();
    expect(log).toContain('"message":"posted"');
    expect(log).not.toMatch(/(dana|heidi|ivan)@/);
  });
});
