import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { needs } from './needs.ts';

// SendMessageBatch takes at most 10 messages a call.
const MESSAGES_PER_CALL = 10;

/**
 * Sends messages to a queue. Throws where any of them was refused, so that none is lost silently.
 * @param group whose messages they are: SQS lets a group with many messages wait for those with few (SQS Developer
 *   Guide, "Amazon SQS fair queues")
 * @param delaySeconds 0 to 900: when they may be received at the earliest
 */
export const sendMessages = needs(
  ['sqs:SendMessage'],
  async (
    sqs: SQSClient,
    queueUrl: string,
    bodies: readonly string[],
    group?: string,
    delaySeconds = 0,
  ): Promise<void> => {
    for (let from = 0; from < bodies.length; from += MESSAGES_PER_CALL) {
      const { Successful, Failed } = await sqs.send(
        new SendMessageBatchCommand({
          QueueUrl: queueUrl,
          Entries: bodies.slice(from, from + MESSAGES_PER_CALL).map((body, index) => ({
            Id: String(index),
            MessageBody: body,
            MessageGroupId: group,
            DelaySeconds: delaySeconds,
          })),
        }),
      );
      const asked = Math.min(MESSAGES_PER_CALL, bodies.length - from);
      if ((Successful?.length ?? 0) < asked) {
        const code = Failed?.[0]?.Code ?? 'no answer';
        throw new Error(`SendMessageBatch took ${Successful?.length ?? 0} of ${asked}: ${code}`);
      }
    }
  },
);
