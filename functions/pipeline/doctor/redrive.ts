import type { SQSClient } from '@aws-sdk/client-sqs';
import { deleteMessage, receiveMessages, sendMessage } from '../../io/sqs.ts';

const HIDDEN_SECONDS = 60;

/**
 * Moves failed messages to the queue they are for. Each is sent before it is deleted: if this dies in between, it is
 * there twice, which does no harm. A review acts on what is, not on what the message says; and an outcome has an id by
 * which Slack is told of it once.
 * @param most to be moved: a message that comes back at once is not moved for ever
 * @param onMoved told after each
 * @throws whatever SQS throws; what was not moved is still there
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
