import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { needs } from './needs.ts';

/**
 * Sends one message to a queue.
 * @param delaySeconds 0 to 900: when it may be received at the earliest
 * @param group whose message it is: SQS lets a group with many messages wait for those with few (SQS Developer Guide,
 *   "Amazon SQS fair queues")
 */
export const sendMessage = needs(
  ['sqs:SendMessage'],
  async (
    sqs: SQSClient,
    queueUrl: string,
    body: string,
    delaySeconds: number,
    group?: string,
  ): Promise<void> => {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: body,
        DelaySeconds: delaySeconds,
        MessageGroupId: group,
      }),
    );
  },
);
