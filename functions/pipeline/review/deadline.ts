import type { IAMClient } from '@aws-sdk/client-iam';

// A batch is given up after 50 s (on-iam-change.ts). What is still under way then, Lambda freezes, and it goes on within
// a later invocation: it is not to act any more.
const READING_LASTS_MS = 49_000;

/**
 * How long one may act on what was read. By the clock: a timer stands still while Lambda freezes the process, or a
 * laptop sleeps. To the SDK it is an abort signal, which is looked at before each attempt of a call and not in between.
 */
export class ActionDeadline {
  onabort = null;
  readonly #until: number;
  readonly #now: () => Date;

  /** @param begun when the readings began: they are as old at most */
  constructor(begun: Date, now: () => Date) {
    this.#until = begun.getTime() + READING_LASTS_MS;
    this.#now = now;
  }

  get aborted(): boolean {
    return this.#now().getTime() > this.#until;
  }

  /** Throws where it is over. */
  check(): void {
    if (this.aborted) throw new Error('the reading is too old');
  }

  /** The same client, which begins no attempt of a call when it is over. */
  limit(iam: IAMClient): IAMClient {
    const send = async (command: Parameters<IAMClient['send']>[0]) => {
      try {
        return await iam.send(command, { abortSignal: this });
      } catch (error) {
        // The SDK's "Request aborted" does not say why.
        if (error instanceof Error && error.name === 'AbortError') this.check();
        throw error;
      }
    };
    return Object.assign(Object.create(iam), { send });
  }
}

/** Work that took too long. It may still come to its end: reviews are harmless at any time. */
class TookTooLong extends Error {
  override readonly name = 'TookTooLong';
}

/**
 * Gives work so much time, counted from now: steps that follow one another share it.
 * @param ms milliseconds
 * @returns waits for work; throws TookTooLong where it is not done in time
 */
export function within(ms: number) {
  const until = performance.now() + ms;
  return async <T>(work: Promise<T>): Promise<T> => {
    const left = Math.max(0, until - performance.now());
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, fail) => {
      timer = setTimeout(() => fail(new TookTooLong(`not done in ${ms / 1000} s`)), left);
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  };
}
