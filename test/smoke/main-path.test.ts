import { CreateUserCommand } from '@aws-sdk/client-iam';
import { afterAll, describe, it } from 'vitest';
import { enrol } from '../../infra/local/people.ts';
import { startTestAws, type TestAws, timesPosted, until, untilBlocked } from '../e2e/local-aws.ts';

const started = await startTestAws();
const test = started as TestAws;

afterAll(() => started?.stop());

describe.skipIf(started === null)('the packaged stack on the local AWS', () => {
  it('blocks a new user, sends a message to Slack, and unblocks the user who enrols', async () => {
    await test.admin.send(new CreateUserCommand({ UserName: 'dana' }));
    await untilBlocked(test, 'dana', true);
    await until(() => timesPosted(test, 'dana') === 1, 'the message in Slack');
    await enrol(test.admin, 'dana');
    await untilBlocked(test, 'dana', false);
  });
});
