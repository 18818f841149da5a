import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { parsedDocument } from './json-document.ts';
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
        throw new Error(
          `SendMessageBatch accepted ${Successful?.length ?? 0} of ${asked}: ${code}`,
        );
      }
    }
  },
);

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

export interface Received {
  readonly body: string;
  readonly receiptHandle: string;
}

/**
 * Receives up to ten messages of a queue and hides them from others meanwhile.
 * @param hideSeconds how long they are hidden; messages that are not deleted by then are delivered again
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

/** Deletes a message that was received. Deleting it again does no harm. */
export const deleteMessage = needs(
  ['sqs:DeleteMessage'],
  async (sqs: SQSClient, queueUrl: string, receiptHandle: string): Promise<void> => {
    await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle }));
  },
);

export interface QueueAttributes {
  /** Parsed; null where the queue has none. */
  readonly policy: unknown;
  readonly redrivePolicy: unknown;
  /** Roughly: those in flight and those delayed are counted too. */
  readonly messages: number;
}

/** A queue's policies and how much is in it, or null where it does not exist. */
export const getQueueAttributes = needs(
  ['sqs:GetQueueAttributes'],
  async (sqs: SQSClient, queueUrl: string): Promise<QueueAttributes | null> => {
    try {
      const { Attributes: found } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
      );
      if (!found) throw new Error(`GetQueueAttributes answered without those of ${queueUrl}`);
      const parsed = (name: 'Policy' | 'RedrivePolicy') =>
        found[name] ? parsedDocument(found[name], `the ${name} of the queue ${queueUrl}`) : null;
      return {
        policy: parsed('Policy'),
        redrivePolicy: parsed('RedrivePolicy'),
        messages:
          Number(found.ApproximateNumberOfMessages ?? 0) +
          Number(found.ApproximateNumberOfMessagesNotVisible ?? 0) +
          Number(found.ApproximateNumberOfMessagesDelayed ?? 0),
      };
    } catch (error) {
      if (error instanceof QueueDoesNotExist) return null;
      throw error;
    }
  },
);
