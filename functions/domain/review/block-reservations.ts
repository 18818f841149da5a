import { nameKey } from '../../../events/names.ts';
import { SETTLED_AFTER_SECONDS } from './stale-reads.ts';

/** Room for one user under the block limit, taken before the user is blocked. */
export interface BlockReservation {
  /** When it was taken, ms. Each new reservation of a user has a later time, so the time identifies it. */
  readonly at: number;
  /** CloudTrail's time of the change that the user is blocked for, ms; null for a block by a sweep alone. */
  readonly changedAt: number | null;
}

/** An account's reservations, by `nameKey`: a user counts once, however often the user is blocked. */
export type BlockReservations = ReadonlyMap<string, BlockReservation>;

/** The users that IAM lists as blocked, and when the list was read (ms). */
export interface BlockedList {
  readonly users: ReadonlySet<string>;
  readonly at: number;
}

/** The highest number of users that can be blocked now. */
export interface UpperBound {
  /** In IAM's list. */
  readonly counted: number;
  /** Reserved, and not in IAM's list yet. */
  readonly assumed: number;
  /** Both, and the user to be blocked. */
  readonly withUser: number;
}

// A reservation may be used until its batch times out. Clocks are some seconds apart.
const USED_WITHIN_MS = 75_000;
// Until then IAM's list may not show the block.
const UNSETTLED_MS = SETTLED_AFTER_SECONDS * 1000 + USED_WITHIN_MS;

/** How old IAM's list may be when it is compared with the reservations. */
export const LIST_KEPT_MS = 60_000;

/** After that, every list still in use shows the block. */
export const RESERVATION_KEPT_MS = UNSETTLED_MS + LIST_KEPT_MS;

/**
 * The most users that can be blocked: those in IAM's list, and those whose block the list may not show yet.
 * @param user who is to be blocked
 */
export function upperBound(
  { users, at }: BlockedList,
  reservations: BlockReservations,
  user: string,
): UpperBound {
  const unlisted = [...reservations].filter(
    ([key, reservation]) => reservation.at > at - UNSETTLED_MS && !users.has(key),
  );
  const key = nameKey(user);
  const isNew = !users.has(key) && unlisted.every(([one]) => one !== key);
  const [counted, assumed] = [users.size, unlisted.length];
  return { counted, assumed, withUser: counted + assumed + (isNew ? 1 : 0) };
}

/** Reserves room for a user. The reservation's time is now, or the next ms where the user's last one has the same time. */
export function withReservation(
  reservations: BlockReservations,
  user: string,
  changedAt: Date | null,
  now: Date,
): { readonly reservations: BlockReservations; readonly reservation: BlockReservation } {
  const key = nameKey(user);
  const before = reservations.get(key)?.at ?? 0;
  const at = Math.max(now.getTime(), before + 1);
  const reservation = { at, changedAt: changedAt?.getTime() ?? null };
  return { reservations: new Map([...reservations, [key, reservation]]), reservation };
}

/**
 * Ends one reservation of a user, and no later one.
 * @param before the user's earlier reservation, which replaces it, or null
 * @returns null where the reservation does not exist any more
 */
export function withoutReservation(
  reservations: BlockReservations,
  user: string,
  { at }: BlockReservation,
  before: BlockReservation | null = null,
): BlockReservations | null {
  const key = nameKey(user);
  if (reservations.get(key)?.at !== at) return null;
  const others = [...reservations].filter(([one]) => one !== key);
  return new Map(before === null ? others : [...others, [key, before]]);
}
