import { describe, expect, it } from 'vitest';
import { blocked } from '../../fakes/outcomes.ts';
import { QUEUE_URL, type TestPipeline, testPipeline } from '../../fakes/pipeline.ts';

const linesOf = ({ logged }: TestPipeline) =>
  logged.map(({ level, message, values }) => [level, message, values]);

describe('an outcome that EventBridge does not accept', () => {
  it.each(['refuse', 'fail'] as const)('is in the log, try by try: %s', async (how) => {
    const pipeline = testPipeline();
    pipeline.events[how] = 3;
    const outcome = blocked();
    await pipeline.publish([outcome]);
    const tries = [1, 2, 3].map((attempt) =>
      how === 'refuse'
        ? [
            'warn',
            'PutEvents refused an entry',
            { outcomeId: outcome.id, errorCode: 'ThrottlingException', attempt },
          ]
        : ['warn', 'PutEvents failed', { attempt, error: new Error('EventBridge is unavailable') }],
    );
    expect(linesOf(pipeline)).toEqual([
      ...tries,
      ['warn', 'outcome waits in the queue', { outcomeId: outcome.id }],
    ]);
    expect(pipeline.sqs.sent).toMatchObject([{ queueUrl: QUEUE_URL, delaySeconds: 30 }]);
  });

  it('does nothing if there is nothing to post: no name is read', async () => {
    const pipeline = testPipeline();
    pipeline.events.fail = 1;
    await pipeline.publish([]);
    expect(pipeline.events.fail).toBe(1);
  });
});
