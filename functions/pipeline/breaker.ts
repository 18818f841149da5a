import type { IAMClient } from '@aws-sdk/client-iam';
import { SETTLED_AFTER_SECONDS } from '../domain/contradictions.ts';
import { type HoldRoom, holdRoom } from '../domain/hold-limit.ts';
import type { Settings } from '../domain/settings.ts';
import { getAccountSummary } from '../io/iam/get-account-summary.ts';
import { getPolicy } from '../io/iam/get-policy.ts';
import { onceInAWhile } from './once-in-a-while.ts';

const LEASE_MS = 60_000;
// Room may come back at any time, and somebody is waiting for it.
const NO_ROOM_LEASE_MS = 5_000;
// SQS runs at most this many copies of on-iam-change at once (maximumConcurrency in serverless.yml).
const COPIES = 2;

/** How much a user may have, as the account says. */
interface Quotas {
  readonly policiesPerUser: number;
  readonly groupsPerUser: number;
}

/** One more user may be held. */
export interface Granted {
  readonly kind: 'granted';
  readonly quotas: Quotas;
  /** Users held by the first rung, and the most that may be held by any. */
  readonly held: number;
  readonly limit: number;
}

/** May one more user be held? */
export type Permit =
  | Granted
  | { readonly kind: 'open'; readonly held: number; readonly limit: number }
  | { readonly kind: 'no-policy' };

interface Lease extends HoldRoom {
  readonly quotas: Quotas;
  readonly until: number;
  left: number;
}

/**
 * The circuit breaker: never more users held than the limit. It reads live IAM, then may grant its share of
 * the room for up to a minute before it reads again; copies running beside it have the other share.
 */
export class Breaker {
  readonly #iam: IAMClient;
  readonly #settings: Settings;
  readonly #now: () => Date;
  #lease: Lease | null = null;
  readonly #alertDue: (key: string) => boolean;
  /** A count, when it was read, and what was granted since. */
  #base = { count: 0, at: Number.NEGATIVE_INFINITY, granted: 0 };
  #turn: Promise<unknown> = Promise.resolve();

  constructor(iam: IAMClient, settings: Settings, now: () => Date) {
    this.#iam = iam;
    this.#settings = settings;
    this.#now = now;
    this.#alertDue = onceInAWhile(now);
  }

  /**
   * Asks for leave to hold one more user, and counts it. One at a time, so that none is counted twice.
   * @returns granted; open, with the numbers; or no-policy where ForceMFA does not exist
   * @throws whatever a failed read throws: no leave is given blindly
   */
  permit(): Promise<Permit> {
    const turn = this.#turn.then(() => this.#permit());
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Takes a permit back that held nobody. */
  giveBack(): void {
    if (this.#lease) this.#lease.left += 1;
    this.#base.granted = Math.max(0, this.#base.granted - 1);
  }

  /** Whether an open breaker is to be told of: it is one piece of news, and the sweep names everyone. */
  alertDue(): boolean {
    return this.#alertDue(this.#settings.account);
  }

  async #permit(): Promise<Permit> {
    const lease = this.#valid(this.#lease) ?? (await this.#newLease());
    if (lease === null) return { kind: 'no-policy' };
    if (lease.left === 0) return { kind: 'open', held: lease.held, limit: lease.limit };
    lease.left -= 1;
    this.#base.granted += 1;
    const { quotas, held, limit } = lease;
    return { kind: 'granted', quotas, held, limit };
  }

  /** A lease that found no room stays valid too: a thousand refusals are not two thousand reads. */
  #valid(lease: Lease | null): Lease | null {
    const usable =
      lease !== null && lease.until > this.#now().getTime() && (lease.left > 0 || lease.room === 0);
    return usable ? lease : null;
  }

  async #newLease(): Promise<Lease | null> {
    const policy = await getPolicy(this.#iam, this.#settings.policyArn);
    if (policy === null) return null;
    const held = this.#settled(policy.attachmentCount);
    const { users, ...quotas } = await getAccountSummary(this.#iam);
    const room = holdRoom({ held, users }, this.#settings.holdLimit);
    const left = room.room === 0 ? 0 : Math.max(1, Math.floor(room.room / COPIES));
    const until = this.#now().getTime() + (room.room === 0 ? NO_ROOM_LEASE_MS : LEASE_MS);
    this.#lease = { ...room, quotas, left, until };
    return this.#lease;
  }

  /** IAM may not count our own last holds yet: for two minutes they are counted on top of what it said before. */
  #settled(count: number): number {
    const now = this.#now().getTime();
    const settled = now - this.#base.at >= SETTLED_AFTER_SECONDS * 1000;
    if (settled || this.#base.granted === 0) {
      this.#base = { count, at: now, granted: 0 };
    }
    return Math.max(count, this.#base.count + this.#base.granted);
  }
}
