import { ChangeMessageVisibilityCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { needs } from './needs.ts';

/** Hides a received message for so many seconds more (at most 12 hours). */
export const changeVisibility = needs(
  ['sqs:ChangeMessageVisibility'],
  async (
    sqs: SQSClient,
    queueUrl: string,
    receiptHandle: string,
    seconds: number,
  ): Promise<void> => {
    await sqs.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: queueUrl,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: seconds,
      }),
    );
  },
);
