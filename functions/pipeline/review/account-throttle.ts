// IAM throttles each account by itself: what usually takes well below a second then takes several.
const SLOW_MS = 5_000;
const SLOW_FOR_MS = 60_000;
const ROOM_OF_A_SLOW_ACCOUNT = 2;

/**
 * How many messages of one account a batch may work on. An account that is slow, because it is full of changes and
 * IAM throttles there, would have every other account's messages wait behind its own.
 */
export class AccountThrottle {
  readonly #now: () => Date;
  readonly #slowUntil = new Map<string, number>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** How many messages of the account may be worked on now. */
  capacityFor(account: string): number {
    const until = this.#slowUntil.get(account);
    if (until === undefined) return Number.POSITIVE_INFINITY;
    if (until > this.#now().getTime()) return ROOM_OF_A_SLOW_ACCOUNT;
    this.#slowUntil.delete(account);
    return Number.POSITIVE_INFINITY;
  }

  /** Takes note of how long an account's part of a batch took. @param ms milliseconds */
  took(account: string, ms: number): void {
    if (ms < SLOW_MS) return;
    this.#slowUntil.set(account, this.#now().getTime() + SLOW_FOR_MS);
  }
}
