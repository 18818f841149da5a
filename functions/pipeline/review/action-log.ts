import type { Outcome } from '../../../events/outcome.ts';
import { stateKeys } from '../../../events/state-keys.ts';
import {
  type ActionOutcome,
  type LoggedActions,
  nothingLogged,
  unpublishedActions,
  unusedId,
  withPublished,
} from '../../domain/review/action-log.ts';
import type { Decision } from '../../domain/rules/decide.ts';
import { readActions } from './logged-actions.ts';
import type { ReviewDeps } from './review-deps.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
// Longer than a message can stay in a queue and its dead-letter queue: 14 days each.
const KEPT_MS = 30 * DAY_MS;

/** What a review published, and when. */
export interface Published {
  readonly outcomes: readonly Outcome[];
  readonly at: Date;
}

/**
 * The enforcer's actions on one user, recorded before each action and again after its publication. A review that finds an
 * unpublished action publishes it, and two instances never act on the same user at once.
 *
 * A user does not stay blocked because the state table is unavailable: an unblock goes ahead without a record, and may be
 * published twice. Everything else needs the table, and fails without it.
 */
export class ActionLog {
  readonly #deps: ReviewDeps;
  readonly #id: string;
  #text: string | null = null;
  #actions: LoggedActions = nothingLogged;
  /** What other reviews left unpublished, and this one publishes. */
  #unpublished: readonly ActionOutcome[] = [];
  /** The unpublished action that this review's action has replaced. It may have happened. */
  #uncertain: LoggedActions['pending'] = null;
  /** The table's error. After it nothing is recorded. */
  #away: { readonly error: unknown } | null = null;

  private constructor(deps: ReviewDeps, user: string) {
    this.#deps = deps;
    this.#id = stateKeys.actionLog(deps.settings.account, user);
  }

  /** Reads the log of a user. If that fails, everything but an unblock fails: see `requireTable`. */
  static async open(deps: ReviewDeps, user: string): Promise<ActionLog> {
    const actionLog = new ActionLog(deps, user);
    await actionLog.#read();
    return actionLog;
  }

  async #read(): Promise<void> {
    const { stateStore, now, log } = this.#deps;
    try {
      this.#text = await stateStore.get(this.#id);
    } catch (error) {
      this.#away = { error };
      return;
    }
    // The next write replaces an invalid text.
    this.#actions = readActions(this.#text, this.#id, now(), log);
  }

  /** Throws the error of reading the table. Call it before every use of the log but an unblock. */
  requireTable(): void {
    if (this.#away !== null) throw this.#away.error;
  }

  get actions(): LoggedActions {
    return this.#actions;
  }

  /**
   * Records an action before it happens, and claims what other reviews left unpublished.
   * @param decision the decision to carry out
   * @returns the outcome to publish, with a unique ID; null if another instance was faster
   */
  async begin(outcome: ActionOutcome, decision: Decision): Promise<ActionOutcome | null> {
    const unpublished = unpublishedActions(this.#actions, decision);
    const own = { ...outcome, id: unusedId(outcome.id, this.#actions, unpublished) };
    const pending = { outcome: own, at: this.#deps.now().toISOString(), failed: false };
    const before = this.#actions.pending;
    const write = () => this.#write({ ...this.#actions, pending, unpublished });
    const isUnblock = outcome.kind === 'user-unblocked';
    if (!(await (isUnblock ? this.#goingAhead(write) : write()))) return null;
    this.#uncertain = before && !unpublished.includes(before.outcome) ? before : null;
    this.#unpublished = unpublished;
    return own;
  }

  /**
   * Claims what other reviews left unpublished, so that no other instance publishes it, too.
   * @param decision null if the user is gone
   * @returns false if another instance was faster
   */
  async claim(decision: Decision | null): Promise<boolean> {
    const unpublished = unpublishedActions(this.#actions, decision);
    const outcome = unpublished.at(-1);
    if (outcome !== undefined) {
      const pending = { outcome, at: this.#deps.now().toISOString(), failed: false };
      const others = unpublished.slice(0, -1);
      if (!(await this.#write({ ...this.#actions, pending, unpublished: others }))) return false;
    }
    this.#unpublished = unpublished;
    return true;
  }

  /**
   * Ensures that no other instance acts on the user: an instance that read the log before can no longer begin an action.
   * @returns false if another instance was faster
   */
  async ensureAlone(): Promise<boolean> {
    return this.#write({ ...this.#actions, claims: (this.#actions.claims ?? 0) + 1 });
  }

  /** Records that IAM answered with an error, so that the next try need not wait. Ignores a failed write. */
  async markFailed(): Promise<void> {
    const { pending } = this.#actions;
    if (pending === null) return;
    await this.#write({ ...this.#actions, pending: { ...pending, failed: true } }).catch(
      () => false,
    );
  }

  /** Removes the pending action, which certainly did not happen. The uncertain one before it stays. */
  async cancel(): Promise<void> {
    await this.#write({ ...this.#actions, pending: this.#uncertain });
  }

  /**
   * Publishes the outcomes of a review: the unpublished actions of others, then the given ones, then the review's own action.
   * Then it records the actions as published.
   * @param action the action that was done, or null
   * @param decided the decision could be carried out, so the user is no longer refused
   */
  async publish(
    outcomes: readonly Outcome[],
    action: ActionOutcome | null,
    decided = true,
  ): Promise<Published> {
    // Changes by others until the publication are later than the action.
    const at = this.#deps.now();
    // An action that a crashed try left unpublished is published once.
    const others = this.#unpublished.filter(({ id }) => id !== action?.id);
    const all = [...others, ...outcomes, ...(action ? [action] : [])];
    await this.#deps.publish(all);
    await this.#markPublished(action, at, decided);
    return { outcomes: all, at };
  }

  async #markPublished(action: ActionOutcome | null, at: Date, decided: boolean): Promise<void> {
    const { pending, unpublished, refused } = this.#actions;
    const isRefused = refused !== undefined;
    if (action === null && pending === null && unpublished.length === 0 && !(isRefused && decided))
      return;
    const settled = withPublished(this.#actions, this.#unpublished, action, at);
    const write = () => this.#write(isRefused && !decided ? { ...settled, refused } : settled);
    await (action?.kind === 'user-unblocked' ? this.#goingAhead(write) : write());
  }

  /** Records that the user was reported as refused by the open breaker. Without the record the user is reported again. */
  async markNamed(at: Date): Promise<void> {
    await this.#write({ ...this.#actions, refused: at.toISOString() }).catch(() => false);
  }

  /** Writes if the table is available: an unblock does not depend on its record. */
  async #goingAhead(write: () => Promise<boolean>): Promise<boolean> {
    try {
      this.requireTable();
      return await write();
    } catch (error) {
      this.#away = { error };
      const what = 'the state table is unavailable: a user is unblocked without a record';
      this.#deps.log.error(what, { id: this.#id, error: error as Error });
      return true;
    }
  }

  async #write(actions: LoggedActions): Promise<boolean> {
    if (this.#away !== null) return true;
    const text = JSON.stringify(actions);
    const expires = new Date(this.#deps.now().getTime() + KEPT_MS);
    const replaced = await this.#deps.stateStore.compareAndSet(this.#id, this.#text, text, expires);
    if (!replaced.done) return false;
    this.#text = text;
    this.#actions = actions;
    return true;
  }
}
