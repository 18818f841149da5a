import { CreateUserCommand, ListUsersCommand } from '@aws-sdk/client-iam';
import { afterAll, describe, expect, it } from 'vitest';
import { isBlocked } from '../../infra/local/watch.ts';
import { say } from '../fakes/shell.ts';
import { startTestAws, type TestAws, timesPosted, until, untilQuiet } from './local-aws.ts';

const started = await startTestAws({
  parameters: {
    Mode: 'observe',
    PolicyName: 'MfaOrNothing',
    ExemptTags: 'team:robots',
    SlackWebhookParameter: '/elsewhere/webhook',
  },
});
const test = started as TestAws;

afterAll(() => started?.stop());

describe.skipIf(started === null)(
  'a stack deployed in observe mode, with parameters of its own',
  () => {
    it('reports what it would do, and writes nothing', async () => {
      await test.admin.send(new CreateUserCommand({ UserName: 'dana' }));
      const Tags = [{ Key: 'team', Value: 'Robots' }];
      await test.admin.send(new CreateUserCommand({ UserName: 'robot', Tags }));
      await until(
        () => timesPosted(test, 'dana') + timesPosted(test, 'robot') === 2,
        'both messages',
      );
      await untilQuiet(test);
      expect(await isBlocked(test.aws, test.unseen, 'dana')).toBe(false);
      const posted = test.aws.slack.messages.map(({ text }) => text).toSorted();
      expect(posted[0]).toMatch(/^dana would be blocked \(/);
      expect(posted[1]).toMatch(/^robot was exempted from MFA/);
      expect(test.aws.trail.records.map(({ eventName }) => eventName)).toEqual([
        'CreateUser',
        'CreateUser',
      ]);
    });

    it('is proven by the message about a block, and nothing else', async () => {
      const ran = await say(test.aws.trail.endpoint, ['prove', '--yes']);
      expect(ran.status).toBe(0);
      expect(ran.stdout).toMatch(/✔ block reported .*\n✔ deleted /);
      expect(ran.stdout).toContain('In observe mode no user is changed in IAM.');
      const { Users } = await test.unseen.send(new ListUsersCommand({}));
      expect(Users?.map(({ UserName }) => UserName).toSorted()).toEqual(['dana', 'robot']);
    }, 60_000);

    it('gives its policy the deployed name', () => {
      expect(test.aws.stack.resources.get('ForceMfaPolicy')).toBe(
        'arn:aws:iam::123456789012:policy/MfaOrNothing',
      );
    });
  },
);
