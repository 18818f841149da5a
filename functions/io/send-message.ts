import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { needs } from './needs.ts';

/** Sends one message to a queue. @param delaySeconds 0 to 900: when it may be received at the earliest */
export const sendMessage = needs(
  ['sqs:SendMessage'],
  async (sqs: SQSClient, queueUrl: string, body: string, delaySeconds: number): Promise<void> => {
    await sqs.send(
      new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body, DelaySeconds: delaySeconds }),
    );
  },
);
