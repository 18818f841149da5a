import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { within } from '../../../../functions/pipeline/review/deadline.ts';

const never = () => new Promise<never>(() => undefined);

describe('a limit of time', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('gives what is done in time', async () => {
    expect(await within(1000)(Promise.resolve('done'))).toBe('done');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('gives what is done at its last moment', async () => {
    const slow = within(1000)(new Promise((done) => setTimeout(done, 999, 'done')));
    await vi.advanceTimersByTimeAsync(999);
    expect(await slow).toBe('done');
  });

  it('counts from when it was made: what begins late has less of it', async () => {
    const inTime = within(1000);
    await vi.advanceTimersByTimeAsync(900);
    const late = inTime(never()).catch((error: Error) => error.message);
    await vi.advanceTimersByTimeAsync(100);
    expect(await Promise.race([late, Promise.resolve('still waits')])).toBe('not done in 1 s');
    await expect(Promise.all([inTime(never()), vi.advanceTimersByTimeAsync(0)])).rejects.toThrow(
      expect.objectContaining({ name: 'TookTooLong', message: 'not done in 1 s' }),
    );
  });
});
