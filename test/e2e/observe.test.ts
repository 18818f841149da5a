import { CreateUserCommand } from '@aws-sdk/client-iam';
import { afterAll, describe, expect, it } from 'vitest';
import { isBlocked } from '../../infra/local/watch.ts';
import { startTestAws, type TestAws, timesTold, until, untilQuiet } from './local-aws.ts';

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
    it('reports what it would do, and does nothing', async () => {
      await test.admin.send(new CreateUserCommand({ UserName: 'dana' }));
      const Tags = [{ Key: 'team', Value: 'Robots' }];
      await test.admin.send(new CreateUserCommand({ UserName: 'robot', Tags }));
      await until(() => timesTold(test, 'dana') + timesTold(test, 'robot') === 2, 'told of both');
      await untilQuiet(test);
      expect(await isBlocked(test.aws, test.unseen, 'dana')).toBe(false);
      const told = test.aws.slack.messages.map(({ text }) => text).toSorted();
      expect(told[0]).toMatch(/^dana would be blocked \(/);
      expect(told[1]).toMatch(/^robot was exempted from MFA/);
      expect(test.aws.trail.records.map(({ eventName }) => eventName)).toEqual([
        'CreateUser',
        'CreateUser',
      ]);
    });

    it('gives its policy the deployed name', () => {
      expect(test.aws.stack.resources.get('ForceMfaPolicy')).toBe(
        'arn:aws:iam::123456789012:policy/MfaOrNothing',
      );
    });
  },
);
