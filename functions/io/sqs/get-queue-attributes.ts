import { GetQueueAttributesCommand, QueueDoesNotExist, type SQSClient } from '@aws-sdk/client-sqs';
import { needs } from '../needs.ts';

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
      const parsed = (text: string | undefined) => (text ? (JSON.parse(text) as unknown) : null);
      return {
        policy: parsed(found.Policy),
        redrivePolicy: parsed(found.RedrivePolicy),
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
