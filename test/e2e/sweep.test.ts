import { AttachUserPolicyCommand, CreateUserCommand } from '@aws-sdk/client-iam';
import { afterAll, describe, expect, it } from 'vitest';
import { enrol } from '../../infra/local/people.ts';
import { isBlocked, sweepNow } from '../../infra/local/watch.ts';
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

const calls = () => test.aws.trail.records.map(({ eventName }) => eventName);
const sweep = async (id: string) => (await sweepNow(test.aws, id)).get('123456789012');

describe.skipIf(started === null)(
  'the nightly sweep, on an account whose events were all lost',
  () => {
    it('finds the users to block and to unblock, and leaves the others unchanged', async () => {
      for (const UserName of ['unprotected-1', 'unprotected-2', 'enrolled']) {
        await test.unseen.send(new CreateUserCommand({ UserName }));
      }
      const Tags = [{ Key: 'userType', Value: 'Service' }];
      await test.unseen.send(new CreateUserCommand({ UserName: 'robot', Tags }));
      await enrol(test.unseen, 'enrolled');
      const PolicyArn = physicalId(test, 'ForceMfaPolicy');
      await test.unseen.send(new AttachUserPolicyCommand({ UserName: 'enrolled', PolicyArn }));

      expect(await sweep('first')).toEqual({
        users: 4,
        protected: 1,
        blocked: 0,
        unprotected: 2,
        exempt: 1,
        outOfScope: 0,
      });

      for (const user of ['unprotected-1', 'unprotected-2']) await untilBlocked(test, user, true);
      await untilBlocked(test, 'enrolled', false);
      expect(await isBlocked(test.aws, test.unseen, 'robot')).toBe(false);
      await untilQuiet(test);
      const posted = JSON.stringify(test.aws.slack.messages);
      expect(posted).toContain('Nightly check: 3 of 4 users need a change');
      for (const user of ['unprotected-1', 'unprotected-2', 'enrolled']) {
        // One call of the sweep, and one of this test.
        expect(timesPosted(test, user), user).toBe(2);
      }
    });

    it('writes nothing but its probe, and sends no alert, the second time', async () => {
      await untilQuiet(test);
      const [writes, messages] = [calls().length, test.aws.slack.messages.length];
      expect(await sweep('second')).toMatchObject({ blocked: 2, unprotected: 0 });
      await until(
        () => test.aws.functions.notifySlack.log().includes('sweep-finished/123456789012/second'),
        'summary',
      );
      await untilQuiet(test);
      expect(calls().slice(writes)).toEqual(['TagPolicy']);
      expect(test.aws.slack.messages).toHaveLength(messages);
    });
  },
);
