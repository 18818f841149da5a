import { describe, expect, it } from 'vitest';
import { handle, iamEvent, QUEUE_URL, testPipeline } from '../../../fakes/pipeline.ts';

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
