import type { IAMClient } from '@aws-sdk/client-iam';

// A batch ends after 50 s (on-iam-change.ts). Lambda freezes work that is still running, and the work continues during a
// later invocation, when it must not act any more.
const READING_LASTS_MS = 49_000;

/**
 * How long a review may act on its readings. It uses the clock, because a timer stops while Lambda freezes the process. For
 * the SDK it is an abort signal, which the SDK checks before each attempt of a call.
 */
export class ActionDeadline {
  onabort = null;
  readonly #until: number;
  readonly #now: () => Date;

  /** @param begun start of the readings: their maximum age */
  constructor(begun: Date, now: () => Date) {
    this.#until = begun.getTime() + READING_LASTS_MS;
    this.#now = now;
  }

  get aborted(): boolean {
    return this.#now().getTime() > this.#until;
  }

  /** @throws after the deadline */
  check(): void {
    if (this.aborted) throw new Error('the readings are too old to act on');
  }

  /** The same client, which starts no attempt of a call after the deadline. */
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

/** Work that took too long. It may still finish later, which is harmless for a review. */
class TookTooLong extends Error {
  override readonly name = 'TookTooLong';
}

/**
 * Limits the time of work, counted from now. Steps that follow one another share the time.
 * @param ms milliseconds
 * @returns waits for work; throws TookTooLong if it is not done in time
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
