import { SETTLED_AFTER_SECONDS } from './contradictions.ts';

/**
 * The most users that can be held, from a count that IAM gave and from what was done since. IAM counts late, so that
 * what was done shortly before a count may or may not be in it.
 */
export interface Bound {
  /** As counted, and when (ms). */
  readonly base: number;
  readonly at: number;
  /** What was done since and may not be in the count: ms and +1 or -1, oldest first. */
  readonly changes: readonly (readonly [number, 1 | -1])[];
}

/** How many users can be held, by all copies of on-iam-change together. */
export interface HoldLedger {
  /** By the managed policy. */
  readonly attached: Bound;
  /** By the rungs below it. */
  readonly lower: Bound;
}

/** The most that can be held. */
export function mostHeld({ base, changes }: Bound): number {
  return base + changes.reduce((sum, [, by]) => sum + by, 0);
}

// IAM's own delay, the minute in which a leave may be used, and clocks that differ.
const UNSETTLED_MS = (SETTLED_AFTER_SECONDS + 75) * 1000;

/**
 * Takes a new count in. Recent holds are counted on top of it, as if it had none of them; recent releases are not
 * taken off, as if it had them all. Where the older count with all that was done since says less, that one stands.
 * @param at when it was counted, ms
 */
export function withCount(before: Bound | null, count: number, at: number): Bound {
  // Stryker disable next-line ArrayDeclaration: what is no hold is left out
  const recent = (before?.changes ?? []).filter(
    ([when, by]) => by === 1 && when > at - UNSETTLED_MS,
  );
  const fresh: Bound = { base: count, at, changes: recent };
  if (before === null) return fresh;
  // More than was thought possible: somebody else holds people too.
  const isMore = count > mostHeld(before);
  return isMore || mostHeld(fresh) <= mostHeld(before) ? fresh : before;
}

/** A name for a hold that no other in the ledger has: the time, or the next ms that is free. */
export function freeName({ attached, lower }: HoldLedger, at: number): number {
  const taken = [...attached.changes, ...lower.changes].some(([when]) => when === at);
  return taken ? freeName({ attached, lower }, at + 1) : at;
}

/** One user more will be held. @param at names this hold, ms */
export function withHold(bound: Bound, at: number): Bound {
  return { ...bound, changes: [...bound.changes, [at, 1]] };
}

/** That hold did not come about. */
export function withoutHold(bound: Bound, at: number): Bound {
  const index = bound.changes.findIndex(([when, by]) => when === at && by === 1);
  return index < 0 ? bound : { ...bound, changes: bound.changes.toSpliced(index, 1) };
}

/**
 * One user was let go. Entered a second time it changes nothing: where the answer of the first was lost, and another
 * copy has written since, nobody can tell that it was entered.
 * @param since the call was made after that time, ms: a later count may know of it
 */
export function withRelease(bound: Bound, since: number): Bound {
  const isEntered = bound.changes.some(([when, by]) => when === since && by === -1);
  if (since <= bound.at || isEntered) return bound;
  return { ...bound, changes: [...bound.changes, [since, -1]] };
}
