/** The measurements that a program of the benchmark reports. */
export interface Measured {
  readonly ms: number;
  /** The peak memory of the process, in MB (ru_maxrss). */
  readonly peakMb: number;
  /** The users who need an action. */
  readonly users: readonly string[];
}

/** Runs a function, and writes its measurements to standard output. */
export async function measured(work: () => Promise<readonly string[]>): Promise<void> {
  const begin = performance.now();
  const users = await work();
  const ms = performance.now() - begin;
  const result: Measured = { ms, peakMb: process.resourceUsage().maxRSS / 1024, users };
  process.stdout.write(JSON.stringify(result));
}
