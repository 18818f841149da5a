/** What a program of the benchmark reports about itself. */
export interface Measured {
  readonly ms: number;
  /** The most memory that the process ever had, in MB (ru_maxrss). */
  readonly peakMb: number;
  /** The users whom it found something to do about. */
  readonly users: readonly string[];
}

/** Runs something, and writes to standard output what it took. */
export async function measured(work: () => Promise<readonly string[]>): Promise<void> {
  const begin = performance.now();
  const users = await work();
  const ms = performance.now() - begin;
  const result: Measured = { ms, peakMb: process.resourceUsage().maxRSS / 1024, users };
  process.stdout.write(JSON.stringify(result));
}
