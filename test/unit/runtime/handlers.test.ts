import { describe, expect, it } from 'vitest';
import { onFirstCall, Postponed, sqsHandler } from '../../../functions/runtime/sqs-handler.ts';
import { version } from '../../../functions/runtime/version.ts';
import { testPipeline } from '../../fakes/pipeline.ts';
import { context, sqsEventOf } from '../../fakes/sqs-event.ts';

describe('a record of a queue', () => {
  const settled = async (...reasons: unknown[]) => {
    const { log, logged } = testPipeline();
    const handler = sqsHandler(log, async () =>
      reasons.map((reason) =>
        reason === null
          ? { status: 'fulfilled' as const, value: undefined }
          : { status: 'rejected' as const, reason },
      ),
    );
    const answer = await handler(sqsEventOf(reasons.map(() => '{"secret":1}')), context);
    return { answer, logged };
  };

  it('that comes back by plan is no error, and its neighbour is', async () => {
    const { answer, logged } = await settled(
      null,
      new Postponed('postponed: waits for Slack'),
      new Error('broken'),
      'no error at all',
    );
    expect(answer).toEqual({
      batchItemFailures: ['m1', 'm2', 'm3'].map((itemIdentifier) => ({ itemIdentifier })),
    });
    expect(logged).toEqual([
      {
        level: 'info',
        message: 'record postponed',
        values: { messageId: 'm1', tries: '1', why: 'postponed: waits for Slack' },
      },
      {
        level: 'error',
        message: 'record failed',
        values: { messageId: 'm2', tries: '1', error: new Error('broken') },
      },
      {
        level: 'error',
        message: 'record failed',
        values: { messageId: 'm3', tries: '1', error: new Error('no error at all') },
      },
    ]);
    expect(new Postponed('x').name).toBe('Postponed');
  });
});

describe('an entry point', () => {
  it('is made at its first call, once', async () => {
    let made = 0;
    const handler = onFirstCall(() => {
      made += 1;
      return async (text: string) => `${text} ${made}`;
    });
    expect(made).toBe(0);
    expect([await handler('a'), await handler('b')]).toEqual(['a 1', 'b 1']);
  });

  it('is made again where it could not be', async () => {
    let made = 0;
    const handler = onFirstCall(() => {
      made += 1;
      if (made === 1) throw new Error('no configuration');
      return async () => made;
    });
    await expect(handler()).rejects.toThrow('no configuration');
    expect(await handler()).toBe(2);
  });
});

it('a run of the sources has no version', () => {
  expect(version).toBe('unbuilt');
});
