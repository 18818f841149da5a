import type { Context, SQSEvent } from 'aws-lambda';

/** A batch as Lambda hands it to a function. Message ids are m0, m1, … */
export function sqsEventOf(bodies: readonly string[]): SQSEvent {
  return {
    Records: bodies.map((body, index) => ({
      messageId: `m${index}`,
      receiptHandle: `r${index}`,
      body,
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: '0',
        SenderId: 'events',
        ApproximateFirstReceiveTimestamp: '0',
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:111122223333:queue',
      awsRegion: 'us-east-1',
    })),
  };
}

export const context = {
  awsRequestId: 'request',
  functionName: 'function',
  getRemainingTimeInMillis: () => 900_000,
} as Context;
