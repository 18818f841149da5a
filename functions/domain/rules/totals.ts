import type { SweepTotals } from '../../../events/outcome.ts';
import type { State } from '../../../events/report.ts';
import type { Decision } from './decide.ts';

export const noTotals: SweepTotals = {
  users: 0,
  protected: 0,
  blocked: 0,
  unprotected: 0,
  exempt: 0,
  outOfScope: 0,
};

/** The state of the user of a decision. */
export function stateOf({ status, blocked }: Decision): State {
  if (status !== 'unprotected') return status;
  return blocked ? 'blocked' : 'unprotected';
}

/** Counts one more user. */
export function addToTotals(totals: SweepTotals, decision: Decision): SweepTotals {
  const state = stateOf(decision);
  const key = state === 'out-of-scope' ? 'outOfScope' : state;
  return { ...totals, users: totals.users + 1, [key]: totals[key] + 1 };
}

/** The totals of several accounts as one. */
export function sumOfTotals(all: readonly SweepTotals[]): SweepTotals {
  const sum = { ...noTotals };
  for (const totals of all) {
    for (const key of Object.keys(sum) as (keyof SweepTotals)[]) sum[key] += totals[key];
  }
  return sum;
}
