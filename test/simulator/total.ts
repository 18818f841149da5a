import type { Violation } from './invariants/verdict.ts';
import type { RunResult } from './run.ts';
import { Tally } from './tally.ts';

/** One run with violations. */
export interface BrokenRun {
  readonly seed: number;
  readonly violations: readonly Pick<Violation, 'invariant' | 'text'>[];
}

/** Many runs, added up. */
export class Total {
  runs = 0;
  readonly faults = new Tally();
  readonly counts = new Tally();
  readonly checks = new Tally();
  readonly broken: BrokenRun[] = [];

  add({ seed, violations, faults, counts, checks }: RunResult): void {
    this.runs += 1;
    this.faults.addAll(faults);
    this.counts.addAll(counts);
    this.checks.addAll(checks);
    if (violations.length === 0) return;
    this.broken.push({
      seed,
      violations: violations.map(({ invariant, text }) => ({ invariant, text })),
    });
  }

  /** The form in which processes send it. */
  toJSON() {
    const { runs, faults, counts, checks, broken } = this;
    return {
      runs,
      faults: faults.entries(),
      counts: counts.entries(),
      checks: checks.entries(),
      broken,
    };
  }

  addJson(part: ReturnType<Total['toJSON']>): void {
    this.runs += part.runs;
    for (const name of ['faults', 'counts', 'checks'] as const) {
      for (const [key, count] of part[name]) this[name].add(key, count);
    }
    this.broken.push(...part.broken);
  }
}
