import type { IAMClient } from '@aws-sdk/client-iam';
import { nameKey } from '../../../events/names.ts';
import { stateKeys } from '../../../events/state-keys.ts';
import {
  type BlockedList,
  type BlockReservation,
  type BlockReservations,
  LIST_KEPT_MS,
  upperBound,
  withoutReservation,
  withReservation,
} from '../../domain/review/block-reservations.ts';
import { blockLimitOf, type Settings } from '../../domain/rules/settings.ts';
import { getAccountSummary, listGroupMembers, listUsersWithPolicy } from '../../io/iam-account.ts';
import type { Log } from '../../runtime/log.ts';
import type { StateStore } from '../state-store.ts';
import { parseReservations, reservationsText } from './stored-reservations.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
// Without room the list is read again sooner, because users wait for room.
const LIST_WITHOUT_ROOM_KEPT_MS = 5_000;
const ENTRY_KEPT_MS = 400 * DAY_MS;
// Other instances write the entry, too. Each failed try means that one of them succeeded.
const TRIES = 20;

/** The account's quotas for one user. */
export interface Quotas {
  readonly policiesPerUser: number;
  readonly groupsPerUser: number;
}

/** The user may be blocked. */
export interface ReservedRoom {
  readonly kind: 'reserved';
  readonly quotas: Quotas;
  readonly user: string;
  /** Null in observe mode, which reserves nothing. */
  readonly reservation: BlockReservation | null;
  /** The user's reservation before it. */
  readonly before: BlockReservation | null;
}

/** No further user may be blocked. */
interface Open {
  readonly kind: 'open';
  /** Blocked users in IAM's list, and those who are not in it yet. */
  readonly counted: number;
  readonly assumed: number;
  readonly limit: number;
}

interface NoPolicy {
  readonly kind: 'no-policy';
}

/** Whether a user may be blocked. */
export type ReservationResult = ReservedRoom | Open | NoPolicy;

type Checked =
  | { readonly kind: 'room'; readonly quotas: Quotas; readonly reservations: BlockReservations }
  | Open
  | NoPolicy;

interface Listed extends BlockedList {
  readonly allUsers: number;
  readonly quotas: Quotas;
}

/**
 * The circuit breaker: it keeps the number of blocked users within the block limit, over all methods and instances. It
 * reads the blocked users from IAM, and shares the reservations of users that IAM may not list yet with all instances.
 */
export class Breaker {
  readonly #iam: IAMClient;
  readonly #settings: Settings;
  readonly #stateStore: StateStore;
  readonly #now: () => Date;
  readonly #log: Log;
  #listed: Listed | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    iam: IAMClient,
    settings: Settings,
    stateStore: StateStore,
    now: () => Date,
    log: Log,
  ) {
    this.#iam = iam;
    this.#settings = settings;
    this.#stateStore = stateStore;
    this.#now = now;
    this.#log = log;
  }

  /**
   * Reserves room for a user to block. Reservations of one instance run one after the other.
   * @param changedAt CloudTrail's time of the change that the user is blocked for; null for a sweep
   * @returns reserved; open, with the numbers; or no-policy if ForceMFA does not exist
   * @throws the error of a failed read, because the count must be complete
   */
  reserve(user: string, changedAt: Date | null): Promise<ReservationResult> {
    return this.#inTurn(() => this.#reserve(user, changedAt));
  }

  /**
   * Whether there is no room for the user. The answer uses a list that is up to a minute old, so that waiting users cost few
   * calls.
   * @throws the error of a failed read
   */
  async isFull(user: string): Promise<boolean> {
    const checked = await this.#inTurn(async () =>
      this.#checkBy(LIST_KEPT_MS, user, await this.#readStored()),
    );
    return checked.kind === 'open';
  }

  /** Cancels the reservation of a user who was not blocked. If the write fails, the reservation ends by itself. */
  async cancel({ user, reservation, before }: ReservedRoom): Promise<void> {
    if (reservation !== null) await this.end(user, reservation, before);
  }

  /**
   * The user's reservation, if there is one. Null also where the table cannot be read: then it ends by itself.
   * What is reserved after this answer is another one.
   */
  async reservationOf(user: string): Promise<BlockReservation | null> {
    try {
      const reservations = this.#read(await this.#stateStore.get(this.#id));
      return reservations.get(nameKey(user)) ?? null;
    } catch {
      return null;
    }
  }

  /**
   * Ends this reservation of a user who is surely not blocked, and no later one. Where that cannot be written, it ends
   * by itself.
   * @param before the reservation that takes its place, if any
   */
  async end(
    user: string,
    reservation: BlockReservation,
    before: BlockReservation | null = null,
  ): Promise<void> {
    await this.#inTurn(() => this.#end(user, reservation, before)).catch(() => undefined);
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(act);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #reserve(user: string, changedAt: Date | null): Promise<ReservationResult> {
    const observes = this.#settings.mode === 'observe';
    let text = await this.#readStored();
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const checked = await this.#check(user, text);
      if (checked.kind !== 'room') return checked;
      const { quotas, reservations } = checked;
      if (observes) return { kind: 'reserved', quotas, user, reservation: null, before: null };
      const before = reservations.get(nameKey(user)) ?? null;
      const next = withReservation(reservations, user, changedAt, this.#now());
      const replaced = await this.#write(text, next.reservations);
      if (replaced.done) {
        return { kind: 'reserved', quotas, user, reservation: next.reservation, before };
      }
      text = replaced.found;
    }
    throw tooFast();
  }

  /** In observe mode no user is blocked, so that IAM's list lacks none. */
  async #readStored(): Promise<string | null> {
    return this.#settings.mode === 'observe' ? null : this.#stateStore.get(this.#id);
  }

  /** Whether the user may be blocked, by IAM's list and by these reservations. */
  async #check(user: string, text: string | null): Promise<Checked> {
    const checked = await this.#checkBy(LIST_KEPT_MS, user, text);
    return checked.kind === 'open' ? this.#checkBy(LIST_WITHOUT_ROOM_KEPT_MS, user, text) : checked;
  }

  async #checkBy(listKeptMs: number, user: string, text: string | null): Promise<Checked> {
    const listed = await this.#list(listKeptMs);
    if (listed === null) return { kind: 'no-policy' };
    const reservations = this.#read(text);
    const { counted, assumed, withUser } = upperBound(listed, reservations, user);
    const limit = blockLimitOf(listed.allUsers, this.#settings.blockLimit);
    return withUser > limit
      ? { kind: 'open', counted, assumed, limit }
      : { kind: 'room', quotas: listed.quotas, reservations };
  }

  /** IAM's list that is at hand, or a new one where that is older; null where ForceMFA does not exist. */
  async #list(atMostMs: number): Promise<Listed | null> {
    const at = this.#now().getTime();
    if (this.#listed !== null && at - this.#listed.at < atMostMs) return this.#listed;
    const users = await listBlockedUsers(this.#iam, this.#settings);
    if (users === null) return null;
    const { users: allUsers, ...quotas } = await getAccountSummary(this.#iam);
    // A reservation that ended meanwhile might be missing in it.
    if (this.#now().getTime() - at >= LIST_KEPT_MS)
      throw new Error('the list of blocked users took too long');
    this.#listed = { users, at, allUsers, quotas };
    return this.#listed;
  }

  async #end(
    user: string,
    reservation: BlockReservation,
    before: BlockReservation | null,
  ): Promise<void> {
    let text = await this.#stateStore.get(this.#id);
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const rest = withoutReservation(this.#read(text), user, reservation, before);
      if (rest === null) return;
      const replaced = await this.#write(text, rest);
      if (replaced.done) return;
      text = replaced.found;
    }
  }

  #read(text: string | null): BlockReservations {
    const { reservations, unreadable } = parseReservations(text, this.#now());
    if (unreadable > 0) {
      this.#log.error('block reservations in the state table are invalid and count as absent', {
        id: this.#id,
        unreadable,
      });
    }
    return reservations;
  }

  #write(before: string | null, reservations: BlockReservations) {
    const expires = new Date(this.#now().getTime() + ENTRY_KEPT_MS);
    return this.#stateStore.compareAndSet(
      this.#id,
      before,
      reservationsText(reservations),
      expires,
    );
  }

  get #id(): string {
    return stateKeys.breaker(this.#settings.account);
  }
}

const tooFast = () => new Error('the block reservations change too often to write them');

/**
 * The users that IAM lists as blocked by the managed policy, the deny group or the boundary. IAM has no list of users with
 * an inline policy.
 * @returns their keys (`nameKey`), or null if ForceMFA does not exist
 * @throws the error of a failed read
 */
export async function listBlockedUsers(
  iam: IAMClient,
  { policyArn, denyGroup, boundaryArn }: Settings,
): Promise<ReadonlySet<string> | null> {
  const attached = await listUsersWithPolicy(iam, policyArn, 'PermissionsPolicy');
  if (attached === null) return null;
  const members = await listGroupMembers(iam, denyGroup);
  const bounded = await listUsersWithPolicy(iam, boundaryArn, 'PermissionsBoundary');
  return new Set([...attached, ...members, ...(bounded ?? [])].map(nameKey));
}
