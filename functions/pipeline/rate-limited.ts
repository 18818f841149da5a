const AGAIN_AFTER_MS = 30 * 60_000;

/** Tells what has this key, unless it was told a while ago. Throws what telling throws: then it was not told. */
export type RateLimited = (key: string, tell: () => Promise<void>) => Promise<void>;

/** What lasts is told once in half an hour, not once a message. Who comes while it is being told waits for that. */
export function rateLimited(now: () => Date): RateLimited {
  const last = new Map<string, { readonly at: number; readonly told: Promise<void> }>();
  return (key, tell) => {
    const at = now().getTime();
    const before = last.get(key);
    if (before && at - before.at < AGAIN_AFTER_MS) return before.told;
    const told = tell();
    last.set(key, { at, told });
    told.catch(() => last.delete(key));
    return told;
  };
}
