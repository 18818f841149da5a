import { ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { needs } from '../needs.ts';

export interface Received {
  readonly body: string;
  readonly receiptHandle: string;
}

/**
 * Receives up to ten messages of a queue and hides them from others meanwhile.
 * @param hideSeconds how long they are hidden; whoever has not deleted them by then sees them come again
 */
export const receiveMessages = needs(
  ['sqs:ReceiveMessage'],
  async (sqs: SQSClient, queueUrl: string, hideSeconds: number): Promise<Received[]> => {
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: hideSeconds,
        // Long polling asks every server of the queue: a short poll may miss the few that are left.
        WaitTimeSeconds: 1,
      }),
    );
    return (Messages ?? []).map(({ Body, ReceiptHandle }) => {
      if (Body === undefined || ReceiptHandle === undefined) {
        throw new Error(`ReceiveMessage answered without a message's body, of ${queueUrl}`);
      }
      return { body: Body, receiptHandle: ReceiptHandle };
    });
  },
);
