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
