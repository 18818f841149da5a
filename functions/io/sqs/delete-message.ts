import { DeleteMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { needs } from '../needs.ts';

/** Deletes a message that was received. Deleting it again does no harm. */
export const deleteMessage = needs(
  ['sqs:DeleteMessage'],
  async (sqs: SQSClient, queueUrl: string, receiptHandle: string): Promise<void> => {
    await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle }));
  },
);
