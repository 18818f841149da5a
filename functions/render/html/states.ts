import type { SweepTotals } from '../../../events/outcome.ts';
import type { State } from '../../../events/report.ts';

interface StateLabels {
  readonly state: State;
  readonly label: string;
  readonly meaning: string;
  /** Where its number is in the totals. */
  readonly total: keyof SweepTotals;
}

/** Every state, in the order of the page: users without MFA first. */
export const states: readonly StateLabels[] = [
  {
    state: 'unprotected',
    label: 'unprotected',
    meaning: 'No MFA device; not blocked',
    total: 'unprotected',
  },
  {
    state: 'blocked',
    label: 'blocked',
    meaning: 'No MFA device; can only set one up',
    total: 'blocked',
  },
  {
    state: 'exempt',
    label: 'exempt',
    meaning: 'No MFA device; exempt by a tag or name',
    total: 'exempt',
  },
  {
    state: 'out-of-scope',
    label: 'out of scope',
    meaning: 'No MFA device; no console password',
    total: 'outOfScope',
  },
  {
    state: 'protected',
    label: 'protected',
    meaning: 'At least one MFA device',
    total: 'protected',
  },
];

/** What a state is called on the page. */
export const labels = Object.fromEntries(
  states.map(({ state, label }) => [state, label]),
) as Readonly<Record<State, string>>;

const places = Object.fromEntries(states.map(({ state }, place) => [state, place])) as Readonly<
  Record<State, number>
>;

/** Sorts states in the order of the page. */
export function compareStates(a: State, b: State): number {
  return places[a] - places[b];
}
