import middy from '@middy/core';
import sqsPartialBatchFailure from '@middy/sqs-partial-batch-failure';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Log } from './log.ts';

type Settle = (
  records: readonly SQSRecord[],
  context: Context,
) => Promise<PromiseSettledResult<unknown>[]>;

/**
 * A handler of an SQS queue with partial batch failures: a failed record is tried again, the others are done. If the handler
 * throws, all records fail.
 * A failed record is logged with its ID and its error. middy's own logger would print the whole body.
 * @param settle handles a batch and returns one settled result per record, in the same order
 */
export function sqsHandler(log: Log, settle: Settle) {
  const logger = (error: unknown, { messageId, attributes }: SQSRecord) => {
    const tries = attributes?.ApproximateReceiveCount;
    if (error instanceof Postponed) {
      log.info('record postponed', { messageId, tries, why: error.message });
      return;
    }
    const problem = error instanceof Error ? error : new Error(String(error));
    log.error('record failed', { messageId, tries, error: problem });
  };
  const handler = middy<SQSEvent, unknown>()
    .use(sqsPartialBatchFailure({ logger }))
    .handler(async ({ Records }, context) => settle(Records, context));
  return async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
    (await handler(event, context)) as SQSBatchResponse;
}

/**
 * Creates a handler at its first call, so that importing an entry point reads no environment, and an invalid configuration
 * fails the invocation.
 * @param make creates the handler; called again after it threw
 * @returns a handler
 */
export function onFirstCall<A extends unknown[], R>(make: () => (...args: A) => R) {
  let made: ((...args: A) => R) | undefined;
  return async (...args: A): Promise<Awaited<R>> => {
    made ??= make();
    return await made(...args);
  };
}

/** A record that is tried again later on purpose, without an error. */
export class Postponed extends Error {
  override readonly name = 'Postponed';
}
