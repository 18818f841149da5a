import { expect, it } from 'vitest';
import { rateLimited } from '../../../functions/pipeline/rate-limited.ts';

const MINUTE = 60_000;

/** A condition that lasts, reported at some times (ms). @returns the indexes of the reports that were made */
async function sentAt(times: readonly number[], keys: readonly string[] = []): Promise<number[]> {
  let time = 0;
  const reported: number[] = [];
  const once = rateLimited(() => new Date(time));
  for (const [index, at] of times.entries()) {
    time = at;
    await once(keys[index] ?? 'it', async () => void reported.push(index));
  }
  return reported;
}

it.each<[string, number[], string[], number[]]>([
  ['is reported at first', [0], [], [0]],
  ['is not reported again for half an hour', [0, 1, 30 * MINUTE - 1], [], [0]],
  ['is reported again after it', [0, 30 * MINUTE, 31 * MINUTE], [], [0, 1]],
  ['is recognised by its key', [0, 1, 2], ['it', 'that', 'it'], [0, 1]],
])('a condition that lasts %s', async (_, times, keys, reported) => {
  expect(await sentAt(times, keys)).toEqual(reported);
});

it('what could not be reported is reported by the next', async () => {
  const once = rateLimited(() => new Date(0));
  await expect(once('it', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  const reported: string[] = [];
  await once('it', async () => void reported.push('next'));
  expect(reported).toEqual(['next']);
});

it('a caller that comes during a report waits, and fails if the report fails', async () => {
  const once = rateLimited(() => new Date(0));
  const { promise, reject } = withRejection();
  const first = once('it', () => promise);
  const second = once('it', async () => expect.unreachable());
  reject(new Error('away'));
  await expect(first).rejects.toThrow('away');
  await expect(second).rejects.toThrow('away');
});

function withRejection() {
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<void>((_, no) => {
    reject = no;
  });
  return { promise, reject };
}
