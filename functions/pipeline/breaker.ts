import type { IAMClient } from '@aws-sdk/client-iam';
import {
  type Bound,
  freeName,
  type HoldLedger,
  mostHeld,
  withCount,
  withHold,
  withoutHold,
  withRelease,
} from '../domain/hold-ledger.ts';
import { holdRoom } from '../domain/hold-limit.ts';
import type { Settings } from '../domain/settings.ts';
import { countGroupMembers } from '../io/iam/count-group-members.ts';
import { getAccountSummary } from '../io/iam/get-account-summary.ts';
import { getPolicy } from '../io/iam/get-policy.ts';
import type { WasThere } from '../io/iam/no-such-entity.ts';
import type { Memory } from './memory.ts';
import { type OnceInAWhile, onceInAWhile } from './once-in-a-while.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
// IAM is counted again after a minute at most, and where there is no room, since somebody is waiting for it.
const COUNT_MS = 60_000;
const COUNT_WITHOUT_ROOM_MS = 5_000;
const LEDGER_KEPT_MS = 400 * DAY_MS;
// Other copies write to the ledger too: each of them is through after one try.
const TRIES = 20;

/** How much a user may have, as the account says. */
interface Quotas {
  readonly policiesPerUser: number;
  readonly groupsPerUser: number;
}

/** One more user may be held. */
export interface Granted {
  readonly kind: 'granted';
  readonly quotas: Quotas;
  readonly limit: number;
  /** Names this leave in the ledger, ms. */
  readonly at: number;
}

/** Nobody more may be held. */
interface Open {
  readonly kind: 'open';
  readonly held: number;
  readonly limit: number;
}

/** May one more user be held? */
export type Permit = Granted | Open | { readonly kind: 'no-policy' };

interface Count {
  readonly attached: number;
  readonly users: number;
  readonly quotas: Quotas;
  readonly at: number;
}

interface LowerCount {
  readonly held: number;
  readonly at: number;
}

/**
 * The circuit breaker: never more users held than the limit, by whichever rung and whichever copy. It counts live IAM,
 * and keeps a ledger that all copies share of what IAM may not count yet.
 */
export class Breaker {
  readonly #iam: IAMClient;
  readonly #settings: Settings;
  readonly #memory: Memory;
  readonly #now: () => Date;
  #count: Count | null = null;
  #lowerCount: LowerCount | null = null;
  readonly #onceInAWhile: OnceInAWhile;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(iam: IAMClient, settings: Settings, memory: Memory, now: () => Date) {
    this.#iam = iam;
    this.#settings = settings;
    this.#memory = memory;
    this.#now = now;
    this.#onceInAWhile = onceInAWhile(now);
  }

  /**
   * Asks for leave to hold one more user, and counts it. One at a time, so that a copy is not in its own way.
   * @returns granted; open, with the numbers; or no-policy where ForceMFA does not exist
   * @throws whatever a failed read throws: no leave is given blindly
   */
  permit(): Promise<Permit> {
    return this.#inTurn(() => this.#permit());
  }

  /**
   * The leave will be used on a lower rung: to be called before it is, so that no count ever misses it.
   * @returns open where who is held there already leaves no room; the leave is taken back then
   */
  toLowerRung({ at, limit }: Granted): Promise<Open | null> {
    return this.#inTurn(async () => {
      const counted = await this.#countLower();
      let open: Open | null = null;
      await this.#change((ledger) => {
        const attached = withoutHold(ledger.attached, at);
        const lower = withLower(ledger.lower, counted);
        const held = mostHeld(attached) + mostHeld(lower);
        open = held >= limit ? { kind: 'open', held, limit } : null;
        return { attached, lower: open ? lower : withHold(lower, at) };
      });
      return open;
    });
  }

  /** Takes a leave back that held nobody. Where that cannot be written, it ends by itself. */
  async giveBack({ at }: Granted): Promise<void> {
    const change = ({ attached, lower }: HoldLedger) => ({
      attached: withoutHold(attached, at),
      lower: withoutHold(lower, at),
    });
    await this.#inTurn(() => this.#change(change)).catch(() => undefined);
  }

  /**
   * Detaches the policy from a user, and counts it.
   * @param detach whether it was attached: what is only likely gives no room
   * @returns what it gives
   */
  async releasing(detach: () => Promise<WasThere>): Promise<WasThere> {
    const since = this.#now().getTime();
    const there = await detach();
    if (there !== true) return there;
    const change = ({ attached, lower }: HoldLedger) => ({
      attached: withRelease(attached, since),
      lower,
    });
    // Uncounted, it keeps room taken until IAM's own count shows it.
    await this.#inTurn(() => this.#change(change)).catch(() => undefined);
    return true;
  }

  /** Tells of an open breaker once in a while: it is one piece of news, and the sweep names everyone. */
  tellOnce(tell: () => Promise<void>): Promise<void> {
    return this.#onceInAWhile(this.#settings.account, tell);
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(act);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #permit(): Promise<Permit> {
    let text = await this.#memory.recall(this.#id);
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const before = readLedger(text);
      const count = await this.#counted(COUNT_MS);
      if (count === null) return { kind: 'no-policy' };
      let attached = withCount(before?.attached ?? null, count.attached, count.at);
      // Who is held by the lower rungs was written down when it was done.
      let lower = before?.lower ?? noneHeld;
      let { users, quotas } = count;
      const roomNow = () =>
        holdRoom({ held: mostHeld(attached) + mostHeld(lower), users }, this.#settings.holdLimit);
      if (roomNow().room === 0) {
        const again = await this.#counted(COUNT_WITHOUT_ROOM_MS);
        if (again === null) return { kind: 'no-policy' };
        attached = withCount(attached, again.attached, again.at);
        ({ users, quotas } = again);
        if (mostHeld(lower) > 0) lower = withLower(lower, await this.#countLower());
      }
      const { room, held, limit } = roomNow();
      if (room === 0) return { kind: 'open', held, limit };
      const at = freeName({ attached, lower }, this.#now().getTime());
      const replaced = await this.#write(text, { attached: withHold(attached, at), lower });
      if (replaced.done) return { kind: 'granted', quotas, limit, at };
      text = replaced.found;
    }
    throw tooFast();
  }

  /** The count that is at hand, or a new one where that is older; null where ForceMFA does not exist. */
  async #counted(atMostMs: number): Promise<Count | null> {
    const at = this.#now().getTime();
    if (this.#count !== null && at - this.#count.at < atMostMs) return this.#count;
    const policy = await getPolicy(this.#iam, this.#settings.policyArn);
    if (policy === null) return null;
    const { users, ...quotas } = await getAccountSummary(this.#iam);
    this.#count = { attached: policy.attachmentCount, users, quotas, at };
    return this.#count;
  }

  /** How many users are held by group and by boundary. */
  async #countLower(): Promise<LowerCount> {
    const at = this.#now().getTime();
    if (this.#lowerCount !== null && at - this.#lowerCount.at < COUNT_WITHOUT_ROOM_MS) {
      return this.#lowerCount;
    }
    const members = await countGroupMembers(this.#iam, this.#settings.denyGroup);
    const boundary = await getPolicy(this.#iam, this.#settings.boundaryArn);
    this.#lowerCount = { held: members + (boundary?.boundaryUsageCount ?? 0), at };
    return this.#lowerCount;
  }

  async #change(change: (ledger: HoldLedger) => HoldLedger): Promise<void> {
    let text = await this.#memory.recall(this.#id);
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const ledger = readLedger(text);
      if (ledger === null) return;
      const replaced = await this.#write(text, change(ledger));
      if (replaced.done) return;
      text = replaced.found;
    }
    throw tooFast();
  }

  #write(before: string | null, ledger: HoldLedger) {
    const expires = new Date(this.#now().getTime() + LEDGER_KEPT_MS);
    return this.#memory.replace(this.#id, before, JSON.stringify(ledger), expires);
  }

  get #id(): string {
    return `breaker/${this.#settings.account}`;
  }
}

const noneHeld: Bound = { base: 0, at: 0, changes: [] };

function withLower(before: Bound, { held, at }: LowerCount): Bound {
  return withCount(before, held, at);
}

const tooFast = () => new Error('the ledger of holds changes too fast');

function readLedger(text: string | null): HoldLedger | null {
  return text === null ? null : (JSON.parse(text) as HoldLedger);
}
