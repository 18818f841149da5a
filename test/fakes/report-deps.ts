import type { ReportDeps } from '../../functions/pipeline/report/account-report.ts';
import type { TimeSource } from '../../functions/pipeline/report/time-to-enrol.ts';

/** What a report is read with where no state table is known: nothing waits, and an error's message is its reason. */
export function reportDeps(now: Date, change: Partial<ReportDeps> = {}): ReportDeps {
  return {
    now,
    maxAgeMs: null,
    blockTimes: null,
    time: noTimeSource(() => now),
    sleep: async () => undefined,
    reasonOf: (error) => ({ code: 'other', text: (error as Error).message }),
    ...change,
  };
}

/** Tells of no user's time to enrol: no state table is known. */
export function noTimeSource(now: () => Date): TimeSource {
  return { table: null, now, reasonOf: (error) => ({ code: 'other', text: String(error) }) };
}
