import { describe, expect, it } from 'vitest';
import { handle, iamEvent, POLICY, QUEUE_URL, testPipeline } from '../../../fakes/pipeline.ts';

describe('a change that IAM does not show yet comes back', () => {
  it.each([
    [0, 2],
    [1, 2],
    [9, 9],
    [31, 30],
    [100, 30],
  ])('after %i s in %i s', async (ago, delaySeconds) => {
    const pipeline = testPipeline();
    const body = iamEvent('CreateUser', { ago });
    expect(await handle(pipeline, body)).toEqual(['fulfilled']);
    expect(pipeline.sqs.sent).toEqual([{ queueUrl: QUEUE_URL, body, delaySeconds }]);
  });
});

it('a path that IAM does not show yet does not exempt its user', async () => {
  const pipeline = testPipeline({ exemptUsers: ['/machines/*'] });
  const { iam, clock } = pipeline;
  iam.put('dana', { path: '/machines/' });
  clock.time += 300_000;
  iam.put('dana', { path: '/staff/' });
  clock.time += 1_000;
  iam.lag = 10_000;
  const body = iamEvent('UpdateUser', { ago: -299, parameters: { newPath: '/staff/' } });
  await handle(pipeline, body);
  expect(pipeline.sqs.sent).toMatchObject([{ queueUrl: QUEUE_URL, body }]);
  iam.lag = 0;
  await handle(pipeline, body);
  expect(iam.isBlocked('dana')).toBe(true);
});

describe('an attacker who deletes and creates a user within seconds', () => {
  const settings = { scope: 'console-users' } as const;

  it('gains nothing by a reading of the earlier user, who was blocked: the user is reviewed again', async () => {
    const pipeline = testPipeline(settings);
    const { iam, clock } = pipeline;
    iam.put('dana', { password: true, policies: [POLICY] });
    clock.time += 300_000;
    iam.put('dana', { policies: [] });
    clock.time += 1_000;
    iam.lag = 10_000;
    const body = iamEvent('CreateLoginProfile', { ago: -300 });
    await handle(pipeline, body);
    expect(iam.writes).toEqual([]);
    expect(pipeline.sqs.sent).toEqual([{ queueUrl: QUEUE_URL, body, delaySeconds: 119 }]);

    clock.time += 119_000;
    iam.lag = 0;
    await handle(pipeline, body);
    expect(iam.isBlocked('dana')).toBe(true);
    expect(pipeline.sqs.sent).toHaveLength(1);
  });

  it('gains nothing by a reading of the tag of the earlier user, who was exempt', async () => {
    const pipeline = testPipeline(settings);
    const { iam, clock } = pipeline;
    iam.put('dana', { password: true, tags: { userType: 'Service' } });
    clock.time += 300_000;
    iam.put('dana', { tags: {} });
    clock.time += 1_000;
    iam.lag = 10_000;
    const body = iamEvent('CreateUser', { ago: -300 });
    await handle(pipeline, body);
    expect(iam.writes).toEqual([]);

    clock.time += 119_000;
    iam.lag = 0;
    await handle(pipeline, ...pipeline.sqs.sent.map((one) => one.body));
    expect(iam.isBlocked('dana')).toBe(true);
  });
});
