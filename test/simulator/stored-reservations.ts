import type { Clock } from './clock.ts';

interface Reserved {
  /** When it was taken, by the clock of the instance that took it. */
  readonly takenAt: number;
  /** When a write removed it; Infinity while the item contains it. */
  readonly until: number;
}

/** The reservations in the stored item, parsed without the product's code. */
export class StoredReservations {
  readonly #clock: Clock;
  /** User → the last reservation. */
  readonly #last = new Map<string, Reserved>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Notes the item that was just written. */
  written(body: string): void {
    const { reserved } = JSON.parse(body) as { reserved: [string, number, number | null][] };
    const users = new Set(reserved.map(([user]) => user));
    for (const [user, { takenAt, until }] of this.#last) {
      if (users.has(user) || until < Number.POSITIVE_INFINITY) continue;
      this.#last.set(user, { takenAt, until: this.#clock.now });
    }
    for (const [user, takenAt] of reserved) {
      this.#last.set(user, { takenAt, until: Number.POSITIVE_INFINITY });
    }
  }

  /**
   * The users who had a reservation after that time.
   * @param notBefore reservations taken before do not count
   */
  reservedSince(time: number, notBefore: number): string[] {
    return [...this.#last].flatMap(([user, { takenAt, until }]) =>
      until >= time && takenAt >= notBefore ? [user] : [],
    );
  }
}
