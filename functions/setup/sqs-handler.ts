import middy from '@middy/core';
import sqsPartialBatchFailure from '@middy/sqs-partial-batch-failure';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Log } from './log.ts';
import { Postponed } from './postponed.ts';

type Settle = (
  records: readonly SQSRecord[],
  context: Context,
) => Promise<PromiseSettledResult<unknown>[]>;

/**
 * A handler of an SQS queue with partial batch failures: a record that failed comes again, the others are
 * done. A handler that throws fails them all.
 * A failed record is logged by its id and its error; middy's own logger would print the whole body.
 * @param settle handles a batch and gives one settled result a record, in the same order
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
