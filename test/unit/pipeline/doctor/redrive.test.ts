import { describe, expect, it } from 'vitest';
import { redrive } from '../../../../functions/pipeline/doctor/redrive.ts';
import { MemoryQueues } from '../../../fakes/memory-buses.ts';
import { script } from '../../../fakes/scripted-client.ts';

describe('redrive', () => {
  const failedMessages = (...bodies: string[]) => ({
    Messages: bodies.map((body) => ({ Body: body, ReceiptHandle: `h-${body}` })),
  });

  it('sends each message before it deletes it, and ends where there is none', async () => {
    const sqs = new MemoryQueues();
    const asked = script(sqs, [
      failedMessages('a', 'b'),
      {},
      {},
      {},
      {},
      failedMessages('c'),
      {},
      {},
      {},
    ]);
    let reported = 0;
    const moved = await redrive(sqs, 'from', 'to', 10, () => {
      reported += 1;
    });
    expect([moved, reported]).toEqual([3, 3]);
    expect(
      asked.map(([action, input]) => [action, input.MessageBody ?? input.ReceiptHandle]),
    ).toEqual([
      ['ReceiveMessage', undefined],
      ['SendMessage', 'a'],
      ['DeleteMessage', 'h-a'],
      ['SendMessage', 'b'],
      ['DeleteMessage', 'h-b'],
      ['ReceiveMessage', undefined],
      ['SendMessage', 'c'],
      ['DeleteMessage', 'h-c'],
      ['ReceiveMessage', undefined],
    ]);
    expect(asked[0]?.[1]).toMatchObject({ QueueUrl: 'from', VisibilityTimeout: 60 });
    expect(asked[1]?.[1]).toMatchObject({ QueueUrl: 'to', DelaySeconds: 0 });
  });

  it('asks for no more once as many were moved as there were', async () => {
    const sqs = new MemoryQueues();
    const asked = script(sqs, [failedMessages('a'), {}, {}]);
    expect(await redrive(sqs, 'from', 'to', 1)).toBe(1);
    expect(asked).toHaveLength(3);
  });
});
