import type { LastSweep } from '../../events/last-sweep.ts';
import { noTotals } from '../../functions/domain/rules/totals.ts';
import { ACCOUNT, START } from './settings.ts';

/** The record of a sweep that found nothing. */
export function lastSweep(change: Partial<LastSweep> = {}): LastSweep {
  return {
    schema: 'mfa-enforcer/last-sweep/1',
    account: ACCOUNT,
    sweepId: 'sweep-1',
    startedAt: change.finishedAt ?? new Date(START).toISOString(),
    finishedAt: new Date(START).toISOString(),
    mode: 'enforce',
    totals: noTotals,
    differences: 0,
    alias: null,
    breakGlassWithoutMfa: [],
    endingExemptions: [],
    failedParts: [],
    ...change,
  };
}
