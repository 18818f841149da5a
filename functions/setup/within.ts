/** Work that took too long. It may still come to its end: reviews are harmless at any time. */
class TookTooLong extends Error {
  override readonly name = 'TookTooLong';
}

/**
 * Gives work so much time.
 * @param ms milliseconds
 * @returns waits for work; throws TookTooLong where it is not done in time
 */
export function within(ms: number) {
  return async <T>(work: Promise<T>): Promise<T> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, fail) => {
      timer = setTimeout(() => fail(new TookTooLong(`not done in ${ms / 1000} s`)), ms);
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  };
}
