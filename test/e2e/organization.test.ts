import { readFileSync } from 'node:fs';
import { CreateUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listAttachedPolicies } from '../../functions/io/iam-user.ts';
import { localClient } from '../../infra/local/local-client.ts';
import { administratorOf } from '../../infra/local/organization.ts';
import { enrol } from '../../infra/local/people.ts';
import { sweepNow } from '../../infra/local/watch.ts';
import { depth, physicalId, startTestAws, type TestAws, until, untilQuiet } from './local-aws.ts';

const HUB = '123456789012';

// CloudFormation deploys a spoke into each of the first three. The last account has none.
const started = await startTestAws({
  accounts: {
    Production: { Mode: 'enforce' },
    Development: { Mode: 'enforce', BlockLimit: '1' },
    Research: { Mode: 'observe' },
    Sandbox: null,
  },
});
const test = started as TestAws;
afterAll(() => started?.stop());

const idOf = (name: string) => test.aws.organization?.accounts.get(name) ?? '';

/** Administrators of an account. The calls of `seen` go through the trail. */
interface Admin {
  readonly seen: IAMClient;
  readonly unseen: IAMClient;
}

async function adminOf(account: string): Promise<Admin> {
  const { moto, trail } = test.aws;
  const credentials = await administratorOf(moto.endpoint, account);
  return {
    seen: localClient(IAMClient, trail.endpoint, credentials),
    unseen: localClient(IAMClient, moto.endpoint, credentials),
  };
}

async function isBlockedIn({ unseen }: Admin, account: string, user: string): Promise<boolean> {
  const policy = `arn:aws:iam::${account}:policy/ForceMFA`;
  return (await listAttachedPolicies(unseen, user))?.includes(policy) ?? false;
}

const postedAbout = (...words: string[]) =>
  test.aws.slack.messages.some((message) => {
    const text = JSON.stringify(message);
    return words.every((word) => text.includes(word));
  });

describe.skipIf(started === null)('an organization of a hub and its spokes', () => {
  let production: Admin;
  let development: Admin;
  let research: Admin;
  beforeAll(async () => {
    production = await adminOf(idOf('Production'));
    development = await adminOf(idOf('Development'));
    research = await adminOf(idOf('Research'));
  });

  it('blocks and unblocks users of a spoke by events that its rules forward', async () => {
    const account = idOf('Production');
    await production.seen.send(new CreateUserCommand({ UserName: 'dana' }));
    await until(() => isBlockedIn(production, account, 'dana'), 'dana blocked');
    await enrol(production.seen, 'dana');
    await until(async () => !(await isBlockedIn(production, account, 'dana')), 'dana unblocked');
    await until(() => postedAbout('dana', account), 'the message with the account');
  });

  it('blocks users of the hub’s own account', async () => {
    await test.admin.send(new CreateUserCommand({ UserName: 'hubert' }));
    const hub = { seen: test.admin, unseen: test.unseen };
    await until(() => isBlockedIn(hub, HUB, 'hubert'), 'hubert blocked');
  });

  it('writes nothing in a spoke in observe mode, and reports what it would have done', async () => {
    await research.seen.send(new CreateUserCommand({ UserName: 'rosa' }));
    await until(() => postedAbout('rosa', idOf('Research'), 'would'), 'the message about rosa');
    expect(await isBlockedIn(research, idOf('Research'), 'rosa')).toBe(false);
  });

  it('applies a block limit to each account', async () => {
    const account = idOf('Development');
    for (const UserName of ['first', 'second']) {
      await development.seen.send(new CreateUserCommand({ UserName }));
      await until(() => postedAbout(UserName, account), `the message about ${UserName}`);
    }
    expect(await isBlockedIn(development, account, 'first')).toBe(true);
    expect(await isBlockedIn(development, account, 'second')).toBe(false);
  });

  it('sweeps every account, and names the one without a role in the summary', async () => {
    for (const UserName of ['lost', 'robot']) {
      const Tags = UserName === 'robot' ? [{ Key: 'userType', Value: 'Service' }] : [];
      await production.unseen.send(new CreateUserCommand({ UserName, Tags }));
    }
    const swept = await sweepNow(test.aws, 'night-1');

    expect([...swept.keys()].toSorted()).toEqual(
      [HUB, idOf('Production'), idOf('Development'), idOf('Research')].toSorted(),
    );
    expect(swept.get(idOf('Production'))).toMatchObject({ users: 3, protected: 1, exempt: 1 });
    await until(() => isBlockedIn(production, idOf('Production'), 'lost'), 'lost blocked');
    expect(await isBlockedIn(production, idOf('Production'), 'robot')).toBe(false);
    expect(await isBlockedIn(research, idOf('Research'), 'rosa')).toBe(false);
    await until(() => postedAbout('Sandbox', idOf('Sandbox')), 'the message about Sandbox');
    const summary = () => test.aws.functions.notifySlack.log().includes('organization-swept/');
    await until(summary, 'the summary');
    expect(await depth(test, 'SweepsFailed')).toBe(0);
  });

  it('refuses an event with a forged account, and blocks no user', async () => {
    const [real, other] = [idOf('Production'), idOf('Development')];
    await development.unseen.send(new CreateUserCommand({ UserName: 'victim' }));
    const sample = JSON.parse(readFileSync('events/samples/CreateUser.json', 'utf8')) as {
      detail: Record<string, unknown>;
    };
    const record = {
      ...sample.detail,
      eventID: 'forged-1',
      eventTime: new Date().toISOString(),
      recipientAccountId: other,
      requestParameters: { userName: 'victim' },
      responseElements: null,
    };
    const envelopes = [
      { ...sample, account: real, detail: record },
      { ...sample, account: undefined, detail: record },
      record,
    ];
    const failures = () => test.aws.functions.onIamChange.log().split('forged-1').length - 1;
    for (const [index, envelope] of envelopes.entries()) {
      await test.sqs.send(
        new SendMessageCommand({
          QueueUrl: physicalId(test, 'IamChangesQueue'),
          MessageBody: JSON.stringify(envelope),
        }),
      );
      await until(() => failures() > index, 'the forged event fails');
    }
    expect(await isBlockedIn(development, other, 'victim')).toBe(false);
    await until(async () => (await depth(test, 'IamChangesFailed')) === 3, 'failed messages');
    await untilQuiet(test);
    expect(await isBlockedIn(development, other, 'victim')).toBe(false);
  });
});
