const AGAIN_AFTER_MS = 30 * 60_000;

/**
 * What lasts is told once in half an hour, not once a message.
 * @returns whether something is to be told of now, by its key; that it was asked counts as told
 */
export function onceInAWhile(now: () => Date): (key: string) => boolean {
  const toldAt = new Map<string, number>();
  return (key) => {
    const time = now().getTime();
    if (time - (toldAt.get(key) ?? Number.NEGATIVE_INFINITY) < AGAIN_AFTER_MS) return false;
    toldAt.set(key, time);
    return true;
  };
}
