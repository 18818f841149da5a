const AGAIN_AFTER_MS = 30 * 60_000;

/** Tells what has this key, unless it was told a while ago. Throws what telling throws: then it was not told. */
export type OnceInAWhile = (key: string, tell: () => Promise<void>) => Promise<void>;

/** What lasts is told once in half an hour, not once a message. */
export function onceInAWhile(now: () => Date): OnceInAWhile {
  const toldAt = new Map<string, number>();
  return async (key, tell) => {
    const time = now().getTime();
    if (time - (toldAt.get(key) ?? Number.NEGATIVE_INFINITY) < AGAIN_AFTER_MS) return;
    toldAt.set(key, time);
    try {
      await tell();
    } catch (error) {
      toldAt.delete(key);
      throw error;
    }
  };
}
