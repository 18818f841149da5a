import type { ReportDeps } from '../../functions/pipeline/report/account-report.ts';

/** What a report is read with where no state table is known: nothing waits, and an error's message is its reason. */
export function reportDeps(now: Date, change: Partial<ReportDeps> = {}): ReportDeps {
  return {
    now,
    maxAgeMs: null,
    blockTimes: null,
    time: { table: null, now: () => now, reasonOf },
    sleep: async () => undefined,
    reasonOf,
    ...change,
  };
}

const reasonOf = (error: unknown) => ({ code: 'other', text: (error as Error).message });
