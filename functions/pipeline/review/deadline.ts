import type { IAMClient } from '@aws-sdk/client-iam';

// Lambda's timeout is 60 s (serverless.yml). A slow message fails alone, before the timeout fails the whole batch.
const BATCH_MS = 50_000;
// Lambda freezes work that still runs when the batch has ended, and the work continues during a later invocation. Then it must
// not act any more: its readings are too old.
const ACTING_MS = 49_000;

/** Calls `end` after some ms. @returns stops the timer */
type StartTimer = (ms: number, end: () => void) => () => void;

/** Work that took too long. It may still finish later, which is harmless for a review. */
class TookTooLong extends Error {
  override readonly name = 'TookTooLong';
}

/**
 * The deadline of a batch, which begins when it is created: how long to wait for work, and how long a review may act on its
 * readings.
 *
 * For the SDK it is an abort signal, which the SDK checks before each attempt of a call. It reads the clock, because a timer
 * stops while Lambda freezes the process.
 */
export class Deadline {
  onabort = null;
  readonly #begun: number;
  readonly #now: () => Date;
  readonly #startTimer: StartTimer;

  constructor(now: () => Date, startTimer: StartTimer = realTimer) {
    this.#begun = now().getTime();
    this.#now = now;
    this.#startTimer = startTimer;
  }

  /** Whether a review may no longer act. */
  get aborted(): boolean {
    return this.#elapsed() > ACTING_MS;
  }

  /** @throws if a review may no longer act */
  check(): void {
    if (this.aborted) throw new Error('the readings are too old to act on');
  }

  /** The same client, which starts no attempt of a call when a review may no longer act. */
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

  /** Waits for work of the batch. @throws TookTooLong if it is not done in time */
  async wait<T>(work: Promise<T>): Promise<T> {
    let stop = () => {};
    const late = new Promise<never>((_, fail) => {
      const end = () => fail(new TookTooLong(`not done in ${BATCH_MS / 1000} s`));
      stop = this.#startTimer(Math.max(0, BATCH_MS - this.#elapsed()), end);
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      stop();
    }
  }

  #elapsed(): number {
    return this.#now().getTime() - this.#begun;
  }
}

function realTimer(ms: number, end: () => void): () => void {
  const timer = setTimeout(end, ms);
  return () => clearTimeout(timer);
}
