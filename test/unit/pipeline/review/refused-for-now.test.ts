import { describe, expect, it } from 'vitest';
import {
  concurrentModification,
  temporarilyUnmodifiable,
  throttled,
} from '../../../fakes/memory-iam.ts';
import {
  BOUNDARY,
  handle,
  iamEvent,
  POLICY,
  QUEUE_URL,
  sweepRequest,
  testPipeline,
} from '../../../fakes/pipeline.ts';

const PHONE = 'arn:aws:iam::111122223333:mfa/phone';
const MINUTES = 60;

/** A change that IAM refuses for the moment, also after the SDK's retries. */
const refusals = [
  ['ConcurrentModification', concurrentModification],
  ['EntityTemporarilyUnmodifiable', temporarilyUnmodifiable],
] as const;

describe.each(refusals)('%s', (_, error) => {
  it('at a block sends the message back for seconds, and costs it no try', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    pipeline.iam.failNext('AttachUserPolicy', error);
    const body = iamEvent('CreateUser', { ago: 7 });

    expect(await handle(pipeline, body)).toEqual(['fulfilled']);
    expect(pipeline.sqs.sent).toEqual([{ queueUrl: QUEUE_URL, body, delaySeconds: 7 }]);
    expect(pipeline.events.outcomes).toEqual([]);

    pipeline.clock.time += 7_000;
    expect(await handle(pipeline, body)).toEqual(['fulfilled']);
    expect(pipeline.iam.isBlocked('dana')).toBe(true);
    expect(pipeline.events.outcomes.map(({ kind }) => kind)).toEqual(['user-blocked']);
    expect(pipeline.sqs.sent).toHaveLength(1);
  });

  it('at an unblock does the same', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { devices: [PHONE], policies: [POLICY] });
    pipeline.iam.failNext('DetachUserPolicy', error);
    const body = iamEvent('EnableMFADevice', { parameters: { serialNumber: PHONE } });

    expect(await handle(pipeline, body, body)).toEqual(['fulfilled', 'fulfilled']);
    expect(pipeline.sqs.sent).toMatchObject([{ delaySeconds: 2 }]);
    await handle(pipeline, body);
    expect(pipeline.iam.isBlocked('dana')).toBe(false);
    expect(pipeline.events.outcomes.map(({ kind }) => kind)).toEqual(['user-unblocked']);
  });

  it('at a block is no block, also where a person blocks the user meanwhile', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    pipeline.iam.failNext('AttachUserPolicy', error);
    const body = iamEvent('CreateUser');
    await handle(pipeline, body);
    pipeline.iam.put('dana', { policies: [POLICY] });
    pipeline.clock.time += 7_000;
    await handle(pipeline, body);
    expect(pipeline.events.outcomes).toEqual([]);
  });

  it('at an unblock is no unblock, also where a person unblocks the user meanwhile', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { devices: [PHONE], policies: [POLICY] });
    pipeline.iam.failNext('DetachUserPolicy', error);
    const body = iamEvent('EnableMFADevice', { parameters: { serialNumber: PHONE } });
    await handle(pipeline, body);
    pipeline.iam.put('dana', { policies: [] });
    pipeline.clock.time += 7_000;
    await handle(pipeline, body);
    expect(pipeline.events.outcomes).toEqual([]);
  });

  it('at the second of two block methods leaves an unblock that was begun', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { devices: [PHONE], policies: [POLICY], groups: ['ForceMFA'] });
    pipeline.iam.failNext('RemoveUserFromGroup', error);
    const body = iamEvent('EnableMFADevice', { parameters: { serialNumber: PHONE } });
    await handle(pipeline, body);
    pipeline.clock.time += 7_000;
    await handle(pipeline, body);
    expect(pipeline.events.outcomes).toMatchObject([
      { kind: 'user-unblocked', methods: ['managed-policy', 'deny-group'] },
    ]);
  });

  it('of one user leaves the others of the batch alone', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    pipeline.iam.put('erin');
    pipeline.iam.failNext('AttachUserPolicy', error);
    const bodies = ['dana', 'erin'].map((user) => iamEvent('CreateUser', { user }));

    expect(await handle(pipeline, ...bodies)).toEqual(['fulfilled', 'fulfilled']);
    expect(['dana', 'erin'].map((user) => pipeline.iam.isBlocked(user))).toEqual([false, true]);
    expect(pipeline.sqs.sent).toHaveLength(1);
  });

  it('at a policy of ours sends its message back too', async () => {
    const pipeline = testPipeline();
    const policy = pipeline.iam.managed[BOUNDARY];
    if (policy === undefined) throw new Error('no boundary');
    policy.versions.v2 = { Version: '2012-10-17', Statement: [] };
    policy.defaultId = 'v2';
    pipeline.iam.failNext('SetDefaultPolicyVersion', error);
    const body = iamEvent('SetDefaultPolicyVersion', {
      parameters: { policyArn: BOUNDARY, versionId: 'v2' },
    });

    expect(await handle(pipeline, body)).toEqual(['fulfilled']);
    expect(pipeline.sqs.sent).toEqual([{ queueUrl: QUEUE_URL, body, delaySeconds: 2 }]);
    await handle(pipeline, body);
    expect(policy.defaultId).toBe('v1');
  });

  it.each([
    ['an event', 15 * MINUTES - 1, 'fulfilled', iamEvent('CreateUser')],
    ['an event', 15 * MINUTES, error().message, iamEvent('CreateUser')],
    ['a sweep', 15 * MINUTES - 1, 'fulfilled', sweepRequest('dana')],
    ['a sweep', 15 * MINUTES, error().message, sweepRequest('dana')],
  ])('does not go on unseen: after %s, %i s later: %s', async (_what, later, result, body) => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    pipeline.iam.failNext('AttachUserPolicy', error);
    pipeline.clock.time += later * 1000;

    expect(await handle(pipeline, body)).toEqual([result]);
    expect(pipeline.sqs.sent).toHaveLength(result === 'fulfilled' ? 1 : 0);
  });
});

it('any other error fails the record, as before', async () => {
  const pipeline = testPipeline();
  pipeline.iam.put('dana');
  pipeline.iam.failNext('AttachUserPolicy', throttled);
  expect(await handle(pipeline, iamEvent('CreateUser'))).toEqual(['Rate exceeded']);
  expect(pipeline.sqs.sent).toEqual([]);
});
