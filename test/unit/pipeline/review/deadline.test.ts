import {
  AttachUserPolicyCommand,
  IAMClient,
  type ListUsersCommandOutput,
  paginateListUsers,
} from '@aws-sdk/client-iam';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Deadline } from '../../../../functions/pipeline/review/deadline.ts';
import { IamServer } from '../../../fakes/iam-server.ts';

const BEGUN = new Date('2026-03-01T12:00:00Z');
const attach = new AttachUserPolicyCommand({
  UserName: 'dana',
  PolicyArn: 'arn:aws:iam::111122223333:policy/ForceMFA',
});

/** A deadline that began earlier. @param ms how long ago, by the clock */
function deadlineAfter(ms: () => number): Deadline {
  const times = [BEGUN];
  return new Deadline(() => times.shift() ?? new Date(BEGUN.getTime() + ms()));
}

let server: IamServer;
let iam: IAMClient;

// The SDK's own retries and its own handler of HTTP: it is theirs when a signal is looked at.
beforeEach(async () => {
  server = await IamServer.start();
  server.iam.put('dana');
  iam = new IAMClient({
    region: 'us-east-1',
    endpoint: server.endpoint,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
});
afterEach(async () => {
  iam.destroy();
  await server.stop();
});

describe('acting on readings', () => {
  it('goes on for 49 seconds', async () => {
    const deadline = deadlineAfter(() => 49_000);
    deadline.check();
    await deadline.limit(iam).send(attach);
    expect(server.iam.isBlocked('dana')).toBe(true);
  });

  it('makes no call after that', async () => {
    const deadline = deadlineAfter(() => 49_001);
    expect(() => deadline.check()).toThrow('the readings are too old to act on');
    await expect(deadline.limit(iam).send(attach)).rejects.toThrow(
      'the readings are too old to act on',
    );
    expect(server.counts).toEqual({});
  });

  it('makes no second attempt of a call after that', async () => {
    server.failNext('AttachUserPolicy', 'ServiceFailure');
    // Lambda froze the process between the two.
    const deadline = deadlineAfter(() => (server.counts.AttachUserPolicy ?? 0) * 600_000);
    const error = await deadline
      .limit(iam)
      .send(attach)
      .catch((thrown: Error) => thrown);
    expect(error).toEqual(new Error('the readings are too old to act on'));
    expect(server.counts).toEqual({ AttachUserPolicy: 1 });
  });

  it('ends within a paginator, too', async () => {
    server.iam.pages = { size: 1, empty: false };
    server.iam.put('erin');
    const deadline = deadlineAfter(() => (server.counts.ListUsers ?? 0) * 600_000);
    const pages: ListUsersCommandOutput[] = [];
    const client = deadline.limit(iam);
    const read = async () => {
      for await (const page of paginateListUsers({ client }, {})) pages.push(page);
    };
    await expect(read()).rejects.toThrow('the readings are too old to act on');
    expect(pages.map(({ Users }) => Users?.map(({ UserName }) => UserName))).toEqual([['dana']]);
  });
});

describe('waiting for work', () => {
  const never = () => new Promise<never>(() => undefined);
  const fakeDeadline = () => {
    vi.useFakeTimers();
    return new Deadline(() => new Date());
  };
  afterEach(() => {
    vi.useRealTimers();
  });

  it('gives its result, and leaves no timer', async () => {
    expect(await fakeDeadline().wait(Promise.resolve('done'))).toBe('done');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('lasts for 50 seconds', async () => {
    const slow = fakeDeadline().wait(new Promise((done) => setTimeout(done, 49_999, 'done')));
    await vi.advanceTimersByTimeAsync(49_999);
    expect(await slow).toBe('done');
  });

  it('counts from the start of the batch: late work has less time', async () => {
    const deadline = fakeDeadline();
    await vi.advanceTimersByTimeAsync(45_000);
    const late = deadline.wait(never()).catch((error: Error) => error.message);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await Promise.race([late, Promise.resolve('still waits')])).toBe('not done in 50 s');
    const over = expect(deadline.wait(never())).rejects.toThrow(
      expect.objectContaining({ name: 'TookTooLong', message: 'not done in 50 s' }),
    );
    await vi.advanceTimersByTimeAsync(0);
    await over;
  });
});
