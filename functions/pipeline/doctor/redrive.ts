import type { SQSClient } from '@aws-sdk/client-sqs';
import { deleteMessage, receiveMessages, sendMessage } from '../../io/sqs.ts';

const HIDDEN_SECONDS = 60;

/**
 * Moves failed messages back to their queue. Each message is sent before it is deleted. After a crash in between it
 * exists twice, which does no harm: a review reads the current state of the user, and the notifier posts an outcome
 * with the same id once.
 * @param most maximum number of messages, so that a message that fails again at once is not moved for ever
 * @param onMoved called after each message
 * @throws the error of SQS; messages that were not moved stay in the dead-letter queue
 */
export async function redrive(
  sqs: SQSClient,
  from: string,
  to: string,
  most: number,
  onMoved: () => void = () => undefined,
): Promise<number> {
  let moved = 0;
  while (moved < most) {
    const messages = await receiveMessages(sqs, from, HIDDEN_SECONDS);
    if (messages.length === 0) break;
    for (const { body, receiptHandle } of messages) {
      await sendMessage(sqs, to, body, 0);
      await deleteMessage(sqs, from, receiptHandle);
      moved += 1;
      onMoved();
    }
  }
  return moved;
}
