import type { Cause } from '../../../events/cause.ts';
import type { OutcomeOf, Reason } from '../../../events/outcome.ts';
import { type EventPath, isSwitchedOff, type PathChecked } from '../accounts/event-path.ts';
import type { Settings } from '../rules/settings.ts';
import { NAMED_AT_MOST, outcomeHeader } from './outcomes.ts';

type Unproven = OutcomeOf<'event-path-unproven'>;
type Proven = OutcomeOf<'event-path-proven'>;
/** An account in the list of an outcome. */
type UnprovenPath = Unproven['paths'][number];

/** An account, what it is called, and what the check of its event path found. */
export type NamedPath = Omit<UnprovenPath, 'state' | 'since' | 'sweeps' | 'reasons'> & {
  readonly checked: PathChecked;
};

/** Which check it was: of all accounts of an organization, or of one. */
export interface PathsOf {
  readonly hub: Pick<Settings, 'account' | 'mode'>;
  /** The organization's id, or the account. */
  readonly of: string;
  readonly cause: Extract<Cause, { kind: 'sweep' }>;
  /** The value of the last probe that it judges; without one the sweep's ID. A sweep makes a second probe after a crash. */
  readonly probe: string;
}

const TRAIL: Reason = { code: 'trail', text: 'no trail records management events' };
const RULE: Reason = { code: 'rule', text: 'a rule is disabled or lacks its target' };
const QUEUE: Reason = { code: 'queue', text: 'the queue refuses EventBridge' };
const FUNCTION: Reason = { code: 'function', text: 'the function is stopped or lacks a right' };
const BUS: Reason = { code: 'bus', text: 'the hub’s bus refuses the account' };

/** The likely causes of silence, in the order of the path. A silent hub explains the silence of every spoke. */
export function likelyCauses(account: string, hub: string): Reason[] {
  return account === hub ? [TRAIL, RULE, QUEUE, FUNCTION] : [TRAIL, RULE, BUS];
}

/** The accounts whose event path is unproven, or was not probed; those that are silent first. */
function unprovenPaths(hub: string, paths: readonly NamedPath[]): UnprovenPath[] {
  const found = paths.flatMap(({ checked: { path }, ...named }): UnprovenPath[] => {
    if (path.state === 'proven' || path.since === null) return [];
    const { state, since, sweeps } = path;
    const reasons = path.state === 'not-probed' ? [path.why] : likelyCauses(named.account, hub);
    return [{ ...named, state, since, sweeps, reasons }];
  });
  const isSilent = ({ state }: UnprovenPath) => state === 'unproven';
  return [...found.filter(isSilent), ...found.filter((one) => !isSilent(one))];
}

/** The accounts of a check whose event path is not proven, and how many are in each state. */
export interface CheckedPaths {
  readonly unproven: readonly UnprovenPath[];
  /** Undefined where no account was to be probed. Those that the sweep did not reach are in `notProbed`. */
  readonly counts: OutcomeOf<'organization-swept'>['eventPaths'];
}

/**
 * Sums up a check. An account whose probe is switched off is no part of it.
 * @param notReached how many more accounts the sweep should have probed, and did not
 */
export function checkedPaths(
  hub: string,
  paths: readonly NamedPath[],
  notReached = 0,
): CheckedPaths {
  const expected = paths.filter(({ checked }) => !isSwitchedOff(checked.path));
  const unproven = unprovenPaths(hub, expected);
  if (expected.length + notReached === 0) return { unproven, counts: undefined };
  const count = (state: EventPath['state']) =>
    expected.filter(({ checked }) => checked.path.state === state).length;
  const proven = expected.flatMap(({ checked: { path }, ...named }) =>
    path.state === 'proven' ? [{ ...named, latencyMs: path.latencyMs }] : [],
  );
  const [slowest = null] = proven.toSorted((one, other) => other.latencyMs - one.latencyMs);
  const counts = {
    proven: proven.length,
    unproven: count('unproven'),
    notProbed: count('not-probed') + notReached,
    slowest,
  };
  return { unproven, counts };
}

/**
 * The outcomes of a check of event paths: the problems that are to be reported now, and the reported problems that are over.
 * @param paths the accounts that were checked
 */
export function eventPathOutcomes(
  { hub, of, cause, probe }: PathsOf,
  paths: readonly NamedPath[],
  now: Date,
): (Unproven | Proven)[] {
  const reported = paths.filter(({ checked }) => checked.report === 'problem');
  const unproven = unprovenPaths(hub.account, reported);
  const proven = paths.flatMap(({ checked: { path, report, before }, ...named }) => {
    if (report !== 'recovery') return [];
    // Stryker disable next-line ConditionalExpression,LogicalOperator,ArrayDeclaration: a recovery has both; the compiler needs the check
    if (path.state !== 'proven' || before === null) return [];
    return [{ ...named, since: before.since, latencyMs: path.latencyMs }];
  });
  const about = <K extends string>(kind: K) => ({
    kind,
    ...outcomeHeader(hub, now),
    id: `${kind}/${of}/${probe}`,
    cause,
  });
  return [
    ...(unproven.length === 0
      ? []
      : [
          {
            ...about('event-path-unproven' as const),
            total: unproven.length,
            paths: unproven.slice(0, NAMED_AT_MOST),
          },
        ]),
    ...(proven.length === 0
      ? []
      : [
          {
            ...about('event-path-proven' as const),
            total: proven.length,
            paths: proven.slice(0, NAMED_AT_MOST),
          },
        ]),
  ];
}
