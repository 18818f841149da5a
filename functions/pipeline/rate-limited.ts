const AGAIN_AFTER_MS = 30 * 60_000;

/** Reports a key, unless it was reported within the last half hour. Throws the error of the report; then the key counts as not reported. */
export type RateLimited = (key: string, tell: () => Promise<void>) => Promise<void>;

/** Limits reports of a lasting condition to one per half hour. A call during a running report waits for that report. */
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
