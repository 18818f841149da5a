import * as z from 'zod';
import { nameKey } from '../../../events/names.ts';
import { BlockMethod, Outcome } from '../../../events/outcome.ts';
import {
  type ActionOutcome,
  type LoggedActions,
  nothingLogged,
  unusedId,
  withPublished,
} from '../../domain/review/action-log.ts';
import type { Log } from '../../runtime/log.ts';
import type { StateStore } from '../state-store.ts';
import { hasCome, readStored } from '../stored-entries.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
// Longer than a message can live in a queue and its failed messages: 14 days.
const KEPT_MS = 30 * DAY_MS;

const StoredOutcome = Outcome.refine(
  ({ kind }) => kind === 'user-blocked' || kind === 'user-unblocked',
);
const Time = z.iso.datetime();
const StoredActions = z.object({
  pending: z.object({ outcome: StoredOutcome, at: Time, failed: z.boolean() }).nullable(),
  unpublished: z.array(StoredOutcome),
  published: z.array(
    z.object({
      id: z.string(),
      action: z.enum(['block', 'unblock']),
      methods: z.array(BlockMethod),
      at: Time,
      certain: z.boolean(),
    }),
  ),
  refused: Time.optional(),
  claims: z.int().nonnegative().optional(),
});

function timesOf({ pending, unpublished, published, refused }: LoggedActions): string[] {
  return [
    ...(pending ? [pending.at, pending.outcome.at] : []),
    ...[...unpublished, ...published].map(({ at }) => at),
    ...(refused === undefined ? [] : [refused]),
  ];
}

/**
 * What the enforcer does to one user, written down before it is done and again once it is published: whoever finds an action
 * pending and not published tells it, and two copies never do the same at once.
 *
 * Nobody stays blocked because the state table is away. An unblock goes ahead without being written down; it may be published twice.
 * Everything else needs the table, and fails without it.
 */
export class ActionLog {
  readonly #stateStore: StateStore;
  readonly #id: string;
  readonly #now: () => Date;
  #text: string | null;
  #actions: LoggedActions;
  /** What another action was pending in place of, without being published: it may have been done. */
  #uncertain: LoggedActions['pending'] = null;

  /** What the table failed with; from then on nothing is written down. */
  #away: { readonly error: unknown } | null = null;
  readonly #log: Pick<Log, 'error'> | undefined;

  private constructor(
    stateStore: StateStore,
    id: string,
    now: () => Date,
    log: Pick<Log, 'error'> | undefined,
  ) {
    this.#stateStore = stateStore;
    this.#id = id;
    this.#now = now;
    this.#log = log;
    this.#text = null;
    this.#actions = nothingLogged;
  }

  /** Reads what is remembered of a user. Where that fails, so does everything but an unblock: see `requireTable`. */
  static async open(
    stateStore: StateStore,
    account: string,
    user: string,
    now: () => Date,
    log?: Pick<Log, 'error'>,
  ): Promise<ActionLog> {
    const actionLog = new ActionLog(stateStore, `actions/${account}/${nameKey(user)}`, now, log);
    await actionLog.#read();
    return actionLog;
  }

  async #read(): Promise<void> {
    try {
      this.#text = await this.#stateStore.get(this.#id);
    } catch (error) {
      this.#away = { error };
      return;
    }
    const read = readStored(this.#text, {
      id: this.#id,
      schema: StoredActions,
      isPossible: (actions) => timesOf(actions as LoggedActions).every(hasCome(this.#now())),
      ...(this.#log ? { log: this.#log } : {}),
    });
    // A text that cannot be read stays what the next write replaces.
    this.#actions = (read as LoggedActions | null) ?? nothingLogged;
  }

  /** Throws what reading the table threw. To be called before anything but an unblock follows from the actionLog. */
  requireTable(): void {
    if (this.#away !== null) throw this.#away.error;
  }

  get actions(): LoggedActions {
    return this.#actions;
  }

  /**
   * Writes down what is about to be done.
   * @param unpublished what others left unpublished, and will be told with it
   * @returns the outcome to tell, with an id of its own; null where somebody else was faster
   */
  async begin(
    outcome: ActionOutcome,
    unpublished: readonly ActionOutcome[],
  ): Promise<ActionOutcome | null> {
    const own = { ...outcome, id: unusedId(outcome.id, this.#actions, unpublished) };
    const pending = { outcome: own, at: this.#now().toISOString(), failed: false };
    const before = this.#actions.pending;
    const write = () => this.#write({ ...this.#actions, pending, unpublished });
    const isUnblock = outcome.kind === 'user-unblocked';
    if (!(await (isUnblock ? this.#goingAhead(write) : write()))) return null;
    this.#uncertain = before && !unpublished.includes(before.outcome) ? before : null;
    return own;
  }

  /**
   * Takes over what others left unpublished, so that nobody else tells it too.
   * @returns false where somebody else was faster
   */
  async claim(unpublished: readonly ActionOutcome[]): Promise<boolean> {
    const outcome = unpublished.at(-1);
    if (outcome === undefined) return true;
    const pending = { outcome, at: this.#now().toISOString(), failed: false };
    return this.#write({ ...this.#actions, pending, unpublished: unpublished.slice(0, -1) });
  }

  /**
   * Makes certain that no other copy is at the user: one that has read of the user before can begin nothing any more.
   * @returns false where another copy was faster
   */
  async ensureAlone(): Promise<boolean> {
    return this.#write({ ...this.#actions, claims: (this.#actions.claims ?? 0) + 1 });
  }

  /** IAM answered with an error: the next try need not wait. Says nothing where it cannot be written. */
  async markFailed(): Promise<void> {
    const { pending } = this.#actions;
    if (pending === null) return;
    await this.#write({ ...this.#actions, pending: { ...pending, failed: true } }).catch(
      () => false,
    );
  }

  /** Nothing was done, for certain: or else by the try before, of which nobody knows. */
  async cancel(): Promise<void> {
    await this.#write({ ...this.#actions, pending: this.#uncertain });
  }

  /**
   * Nothing is left to tell.
   * @param before what others had left unpublished, and was told now
   * @param action what was done and told now, or null
   * @param at when it was done: what people did until it was published came later
   * @param decided what was decided about the user could be done: the user is no longer refused
   */
  async markPublished(
    before: readonly ActionOutcome[],
    action: ActionOutcome | null,
    at: Date,
    decided = true,
  ): Promise<void> {
    const { pending, unpublished, refused } = this.#actions;
    const isRefused = refused !== undefined;
    if (action === null && pending === null && unpublished.length === 0 && !(isRefused && decided))
      return;
    const settled = withPublished(this.#actions, before, action, at);
    const write = () => this.#write(isRefused && !decided ? { ...settled, refused } : settled);
    await (action?.kind === 'user-unblocked' ? this.#goingAhead(write) : write());
  }

  /** The user was named as one whom the open breaker refused. Where that cannot be written, it happens again. */
  async markNamed(at: Date): Promise<void> {
    await this.#write({ ...this.#actions, refused: at.toISOString() }).catch(() => false);
  }

  /** Writes, unless the table is away: what cannot be written down of an unblock leaves nobody blocked. */
  async #goingAhead(write: () => Promise<boolean>): Promise<boolean> {
    try {
      this.requireTable();
      return await write();
    } catch (error) {
      this.#away = { error };
      const what = 'the state table is away: a user is unblocked without it';
      this.#log?.error(what, { id: this.#id, error: error as Error });
      return true;
    }
  }

  async #write(actions: LoggedActions): Promise<boolean> {
    if (this.#away !== null) return true;
    const text = JSON.stringify(actions);
    const expires = new Date(this.#now().getTime() + KEPT_MS);
    const replaced = await this.#stateStore.compareAndSet(this.#id, this.#text, text, expires);
    if (!replaced.done) return false;
    this.#text = text;
    this.#actions = actions;
    return true;
  }
}
