const AGAIN_AFTER_MS = 30 * 60_000;

/** Reports a key, unless it was reported within the last half hour. Throws the error of the report; then the key counts as not reported. */
export type RateLimited = (key: string, report: () => Promise<void>) => Promise<void>;

/** Limits reports of a lasting condition to one per half hour. A call during a running report waits for that report. */
export function rateLimited(now: () => Date): RateLimited {
  const last = new Map<string, { readonly at: number; readonly reported: Promise<void> }>();
  return (key, report) => {
    const at = now().getTime();
    const before = last.get(key);
    if (before && at - before.at < AGAIN_AFTER_MS) return before.reported;
    const reported = report();
    last.set(key, { at, reported });
    reported.catch(() => last.delete(key));
    return reported;
  };
}
