import { afterEach, describe, expect, it, vi } from 'vitest';
import { handler, onIamChange } from '../../../functions/on-iam-change.ts';
import { throttled } from '../../fakes/memory-iam.ts';
import { hubOf, iamEvent, testPipeline } from '../../fakes/pipeline.ts';
import { context, sqsEventOf } from '../../fakes/sqs-event.ts';

const users = Array.from({ length: 9 }, (_, index) => `user-${index}`);

describe('the handler, through middy', () => {
  it('answers one malformed record in a batch of ten with exactly one batchItemFailure', async () => {
    const pipeline = testPipeline({ blockLimit: 100 });
    for (const user of users) pipeline.iam.put(user);
    const bodies = users.map((user) => iamEvent('CreateUser', { user }));
    bodies.splice(4, 0, '{"secret":"xoxb-canary"');

    const answer = await onIamChange(hubOf(pipeline))(sqsEventOf(bodies), context);

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm4' }] });
    expect(users.filter((user) => !pipeline.iam.isBlocked(user))).toEqual([]);
  });

  it('logs a failed record by its ids, without its body', async () => {
    const pipeline = testPipeline();
    const body = iamEvent('CreateUser', { user: 'not a name: xoxb-canary', eventId: 'the-event' });
    await onIamChange(hubOf(pipeline))(sqsEventOf([body]), context);
    const [failure] = pipeline.logged.filter(({ level }) => level === 'error');
    expect(failure).toMatchObject({
      message: 'record failed',
      values: { messageId: 'm0', tries: '1' },
    });
    const { error } = (failure as { values: { error: Error } }).values;
    expect(error.message).toContain('the-event');
    expect(JSON.stringify(pipeline.logged) + error.message + error.stack).not.toContain(
      'xoxb-canary',
    );
  });

  it('gives an empty list where all went well, and for an empty batch', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    const done = { batchItemFailures: [] };
    expect(
      await onIamChange(hubOf(pipeline))(sqsEventOf([iamEvent('CreateUser')]), context),
    ).toEqual(done);
    expect(await onIamChange(hubOf(pipeline))(sqsEventOf([]), context)).toEqual(done);
  });

  it('fails every record where the whole batch goes wrong', async () => {
    const pipeline = testPipeline();
    const broken = {
      ...pipeline,
      get settings(): never {
        throw new Error('broken');
      },
    };
    const answer = await onIamChange(hubOf(broken))(sqsEventOf(['{}', '{}']), context);
    expect(answer.batchItemFailures).toHaveLength(2);
  });

  it('reports a failed review and not its neighbours', async () => {
    const pipeline = testPipeline();
    for (const user of ['a', 'b']) pipeline.iam.put(user);
    pipeline.iam.failNext('ListMFADevices', throttled);
    const bodies = ['a', 'b'].map((user) => iamEvent('CreateUser', { user }));
    expect(await onIamChange(hubOf(pipeline))(sqsEventOf(bodies), context)).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm0' }],
    });
  });
});

describe('Lambda’s entry point', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('fails the invocation, and so deletes nothing, where the configuration is wrong', async () => {
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    await expect(handler(sqsEventOf(['{}']), context)).rejects.toThrow(
      /^Invalid configuration: MFA_ENFORCER_POLICY_ARN is not set; .*AWS_REGION must be one of us-east-1/,
    );
  });
});
