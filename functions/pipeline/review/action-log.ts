import * as z from 'zod';
import { nameKey } from '../../../events/names.ts';
import { BlockMethod, Outcome } from '../../../events/outcome.ts';
import {
  type DeedOutcome,
  type Deeds,
  noDeeds,
  untoldId,
  withTold,
} from '../../domain/review/action-log.ts';
import type { Log } from '../../runtime/log.ts';
import type { Memory } from '../state-store.ts';
import { hasCome, readStored } from '../stored-entries.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
// Longer than a message can live in a queue and its dead letters: 14 days.
const KEPT_MS = 30 * DAY_MS;

const StoredOutcome = Outcome.refine(
  ({ kind }) => kind === 'user-blocked' || kind === 'user-unblocked',
);
const Time = z.iso.datetime();
const StoredDeeds = z.object({
  begun: z.object({ outcome: StoredOutcome, at: Time, failed: z.boolean() }).nullable(),
  untold: z.array(StoredOutcome),
  told: z.array(
    z.object({
      id: z.string(),
      action: z.enum(['block', 'unblock']),
      methods: z.array(BlockMethod),
      at: Time,
      sure: z.boolean(),
    }),
  ),
  refused: Time.optional(),
  claims: z.int().nonnegative().optional(),
});

function timesOf({ begun, untold, told, refused }: Deeds): string[] {
  return [
    ...(begun ? [begun.at, begun.outcome.at] : []),
    ...[...untold, ...told].map(({ at }) => at),
    ...(refused === undefined ? [] : [refused]),
  ];
}

/**
 * What the enforcer does to one user, written down before it is done and again once it is told: whoever finds a deed
 * begun and not told tells it, and two copies never do the same at once.
 *
 * Nobody stays blocked because the state table is away. An unblock goes ahead without being written down; it may be told twice.
 * Everything else needs the table, and fails without it.
 */
export class DeedBook {
  readonly #memory: Memory;
  readonly #id: string;
  readonly #now: () => Date;
  #text: string | null;
  #deeds: Deeds;
  /** What another deed was begun in place of, without being told: it may have been done. */
  #doubtful: Deeds['begun'] = null;

  /** What the table failed with; from then on nothing is written down. */
  #away: { readonly error: unknown } | null = null;
  readonly #log: Pick<Log, 'error'> | undefined;

  private constructor(
    memory: Memory,
    id: string,
    now: () => Date,
    log: Pick<Log, 'error'> | undefined,
  ) {
    this.#memory = memory;
    this.#id = id;
    this.#now = now;
    this.#log = log;
    this.#text = null;
    this.#deeds = noDeeds;
  }

  /** Reads what is remembered of a user. Where that fails, so does everything but an unblock: see `mustBeThere`. */
  static async open(
    memory: Memory,
    account: string,
    user: string,
    now: () => Date,
    log?: Pick<Log, 'error'>,
  ): Promise<DeedBook> {
    const book = new DeedBook(memory, `deeds/${account}/${nameKey(user)}`, now, log);
    await book.#read();
    return book;
  }

  async #read(): Promise<void> {
    try {
      this.#text = await this.#memory.recall(this.#id);
    } catch (error) {
      this.#away = { error };
      return;
    }
    const read = readStored(this.#text, {
      id: this.#id,
      schema: StoredDeeds,
      isPossible: (deeds) => timesOf(deeds as Deeds).every(hasCome(this.#now())),
      ...(this.#log ? { log: this.#log } : {}),
    });
    // A text that cannot be read stays what the next write replaces.
    this.#deeds = (read as Deeds | null) ?? noDeeds;
  }

  /** Throws what reading the table threw. To be called before anything but an unblock follows from the book. */
  mustBeThere(): void {
    if (this.#away !== null) throw this.#away.error;
  }

  get deeds(): Deeds {
    return this.#deeds;
  }

  /**
   * Writes down what is about to be done.
   * @param untold what others left untold, and will be told with it
   * @returns the outcome to tell, with an id of its own; null where somebody else was faster
   */
  async begin(outcome: DeedOutcome, untold: readonly DeedOutcome[]): Promise<DeedOutcome | null> {
    const own = { ...outcome, id: untoldId(outcome.id, this.#deeds, untold) };
    const begun = { outcome: own, at: this.#now().toISOString(), failed: false };
    const before = this.#deeds.begun;
    const write = () => this.#write({ ...this.#deeds, begun, untold });
    const isUnblock = outcome.kind === 'user-unblocked';
    if (!(await (isUnblock ? this.#goingAhead(write) : write()))) return null;
    this.#doubtful = before && !untold.includes(before.outcome) ? before : null;
    return own;
  }

  /**
   * Takes over what others left untold, so that nobody else tells it too.
   * @returns false where somebody else was faster
   */
  async takeOver(untold: readonly DeedOutcome[]): Promise<boolean> {
    const outcome = untold.at(-1);
    if (outcome === undefined) return true;
    const begun = { outcome, at: this.#now().toISOString(), failed: false };
    return this.#write({ ...this.#deeds, begun, untold: untold.slice(0, -1) });
  }

  /**
   * Makes sure that no other copy is at the user: one that has read of the user before can begin nothing any more.
   * @returns false where another copy was faster
   */
  async claim(): Promise<boolean> {
    return this.#write({ ...this.#deeds, claims: (this.#deeds.claims ?? 0) + 1 });
  }

  /** IAM answered with an error: the next try need not wait. Says nothing where it cannot be written. */
  async failed(): Promise<void> {
    const { begun } = this.#deeds;
    if (begun === null) return;
    await this.#write({ ...this.#deeds, begun: { ...begun, failed: true } }).catch(() => false);
  }

  /** Nothing was done, for sure: or else by the try before, of which nobody knows. */
  async abandoned(): Promise<void> {
    await this.#write({ ...this.#deeds, begun: this.#doubtful });
  }

  /**
   * Nothing is left to tell.
   * @param before what others had left untold, and was told now
   * @param deed what was done and told now, or null
   * @param at when it was done: what people did until it was told came later
   * @param decided what was decided about the user could be done: the user is no longer refused
   */
  async settle(
    before: readonly DeedOutcome[],
    deed: DeedOutcome | null,
    at: Date,
    decided = true,
  ): Promise<void> {
    const { begun, untold, refused } = this.#deeds;
    const isRefused = refused !== undefined;
    if (deed === null && begun === null && untold.length === 0 && !(isRefused && decided)) return;
    const settled = withTold(this.#deeds, before, deed, at);
    const write = () => this.#write(isRefused && !decided ? { ...settled, refused } : settled);
    await (deed?.kind === 'user-unblocked' ? this.#goingAhead(write) : write());
  }

  /** The user was named as one whom the open breaker refused. Where that cannot be written, it happens again. */
  async markNamed(at: Date): Promise<void> {
    await this.#write({ ...this.#deeds, refused: at.toISOString() }).catch(() => false);
  }

  /** Writes, unless the table is away: what cannot be written down of an unblock leaves nobody blocked. */
  async #goingAhead(write: () => Promise<boolean>): Promise<boolean> {
    try {
      this.mustBeThere();
      return await write();
    } catch (error) {
      this.#away = { error };
      const what = 'the state table is away: a user is unblocked without it';
      this.#log?.error(what, { id: this.#id, error: error as Error });
      return true;
    }
  }

  async #write(deeds: Deeds): Promise<boolean> {
    if (this.#away !== null) return true;
    const text = JSON.stringify(deeds);
    const expires = new Date(this.#now().getTime() + KEPT_MS);
    const replaced = await this.#memory.replace(this.#id, this.#text, text, expires);
    if (!replaced.done) return false;
    this.#text = text;
    this.#deeds = deeds;
    return true;
  }
}
