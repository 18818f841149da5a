// IAM throttles each account separately. Work that usually takes less than a second then takes several.
const SLOW_MS = 5_000;
const SLOW_FOR_MS = 60_000;
const ROOM_OF_A_SLOW_ACCOUNT = 2;

/**
 * Limits how many messages of a slow account a batch handles. Otherwise the messages of other accounts would wait behind an
 * account with many changes where IAM throttles.
 */
export class AccountThrottle {
  readonly #now: () => Date;
  readonly #slowUntil = new Map<string, number>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** How many messages of the account a batch may handle now. */
  capacityFor(account: string): number {
    const until = this.#slowUntil.get(account);
    if (until === undefined) return Number.POSITIVE_INFINITY;
    if (until > this.#now().getTime()) return ROOM_OF_A_SLOW_ACCOUNT;
    this.#slowUntil.delete(account);
    return Number.POSITIVE_INFINITY;
  }

  /** Records how long an account's part of a batch took. @param ms milliseconds */
  took(account: string, ms: number): void {
    if (ms < SLOW_MS) return;
    this.#slowUntil.set(account, this.#now().getTime() + SLOW_FOR_MS);
  }
}
