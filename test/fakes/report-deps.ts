import type { ReportDeps } from '../../functions/pipeline/report/account-report.ts';

/** What a report is read with where no state table is known: nothing waits, and an error's message is its reason. */
export function reportDeps(now: Date, change: Partial<ReportDeps> = {}): ReportDeps {
  return {
    now,
    maxAgeMs: null,
    blockTimes: null,
    sleep: async () => undefined,
    reasonOf: (error) => ({ code: 'other', text: (error as Error).message }),
    ...change,
  };
}
