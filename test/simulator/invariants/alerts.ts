import type { Outcome } from '../../../events/outcome.ts';
import type { Tally } from '../tally.ts';
import type { Verdict } from './verdict.ts';

type Kind = 'user-blocked' | 'user-unblocked';

// functions/domain/review/stale-reads.ts.
const SETTLED_MS = 120_000;

/** A write that IAM may or may not have done. */
interface UncertainWrite {
  readonly key: string;
  readonly user: string;
  readonly invocation: string;
  readonly at: number;
}

/** What people did to a user between two times. */
export interface ByPeople {
  readonly changed: (user: string, from: number, to: number) => boolean;
  /** They blocked the user. */
  readonly blocked: (user: string, from: number, to: number) => boolean;
}

/** Counts what was done to each user, and the Slack messages about it. */
export class Alerts {
  /** Blocks and unblocks. `again`: the second in a row, because a person had undone the first. */
  readonly #done: {
    readonly key: string;
    readonly user: string;
    readonly invocation: string;
    readonly at: number;
    readonly again: boolean;
    readonly unlogged: boolean;
  }[] = [];
  readonly #last = new Map<string, { readonly kind: Kind; readonly invocation: string }>();
  /** kind/user → the invocations that added or removed at least one block method of the user. */
  readonly actions = new Map<string, Set<string>>();
  /** Writes that IAM answered only with errors, but may have done. */
  readonly #uncertain: UncertainWrite[] = [];
  /** When reviews of users were completed. */
  readonly #looks: { readonly user: string; readonly at: number }[] = [];
  /** Outcome id → how often it was posted, as far as the function survived to log it. */
  readonly posts = new Map<string, number>();
  readonly published = new Map<string, Outcome>();

  /** Slack accepted a message about these outcomes. */
  posted(ids: readonly string[]): void {
    for (const id of ids) this.posts.set(id, (this.posts.get(id) ?? 0) + 1);
  }

  /** The notification history has an outcome as posted. */
  noted(id: string): void {
    if (!this.posts.has(id)) this.posts.set(id, 0);
  }

  /**
   * The enforcer blocked or unblocked a user. An invocation decides a user once. If it does the same twice in a row, the answer
   * of the first call was lost, a person undid it, and the SDK's second try did it again: one action, and one alert.
   * @param unlogged the state table was unavailable: an unblock goes ahead, and leaves no trace if its process dies
   */
  done(kind: Kind, user: string, invocation: string, at: number, unlogged = false): void {
    const last = this.#last.get(user);
    const again = last?.kind === kind;
    if (again && last.invocation === invocation) return;
    this.#done.push({ key: `${kind}/${user}`, user, invocation, at, again, unlogged });
    this.#last.set(user, { kind, invocation });
  }

  /** The enforcer changed what blocks a user. */
  action(kind: Kind, user: string, invocation: string): void {
    const key = `${kind}/${user}`;
    this.actions.set(key, (this.actions.get(key) ?? new Set()).add(invocation));
  }

  /** The enforcer may have changed what blocks a user. */
  uncertain(kind: Kind, user: string, invocation: string, at: number): void {
    this.#uncertain.push({ key: `${kind}/${user}`, user, invocation, at });
  }

  /** A review of a user was completed. */
  looked(user: string, at: number): void {
    this.#looks.push({ user, at });
  }

  /**
   * Checks the alerts at the end of a run, when nothing is due, Slack works and failed messages were redriven.
   * @param faults the faults of the whole run
   */
  check(verdict: Verdict, faults: Tally, byPeople: ByPeople): void {
    // A later reading shows whether the write was done, unless people changed the user before it. Then an alert is allowed.
    for (const { key, user, invocation, at } of this.#uncertain) {
      if (!byPeople.changed(user, at, Number.POSITIVE_INFINITY)) continue;
      this.actions.set(key, (this.actions.get(key) ?? new Set()).add(invocation));
    }
    const keys = new Set(this.#done.map((one) => one.key));
    for (const id of this.posts.keys()) {
      const outcome = this.published.get(id);
      if (outcome?.kind === 'user-blocked' || outcome?.kind === 'user-unblocked') {
        keys.add(`${outcome.kind}/${outcome.user}`);
      }
    }
    const overtaken = this.#uncertain.filter(({ user, at }) => {
      const look = this.#nextLook(user, at);
      return byPeople.changed(user, at, look) || this.#unblockedUnlogged(user, at, look);
    });
    for (const key of keys) this.#checkUser(verdict, faults, byPeople, key, overtaken);
    if (!slackWasDisturbed(faults)) {
      for (const [id, times] of this.posts) {
        verdict.check('at most one alert', times <= 1, () => `${id} was posted ${times} times`);
      }
    }
  }

  /** Whether the enforcer unblocked a user in between while it could not read its pending action. */
  #unblockedUnlogged(user: string, from: number, to: number): boolean {
    return this.#done.some(
      (one) => one.user === user && one.unlogged && one.at > from && one.at <= to,
    );
  }

  /** When the first review was completed whose reading must show what was done at that time. */
  #nextLook(user: string, since: number): number {
    const settled = since + SETTLED_MS;
    const look = this.#looks.find((one) => one.user === user && one.at > settled);
    return look?.at ?? Number.POSITIVE_INFINITY;
  }

  #checkUser(
    verdict: Verdict,
    faults: Tally,
    byPeople: ByPeople,
    key: string,
    overtaken: readonly UncertainWrite[],
  ): void {
    // A process died after an action, a person undid it, and the same message repeated it: one alert is enough.
    const isOne = died('on-iam-change', faults);
    const done = this.#done.filter((one) => {
      // An action leaves no trace if people changed the user before the next reading.
      const isTraceless = overtaken.some(
        (write) => write.key === key && write.invocation === one.invocation,
      );
      // Nor does an unblock whose process died, if people blocked the user again: it looks as if it was not done.
      const isUndone =
        isOne &&
        key.startsWith('user-unblocked/') &&
        byPeople.blocked(one.user, one.at, this.#nextLook(one.user, one.at));
      const isKnown = !isTraceless && !isUndone && !one.unlogged;
      return one.key === key && isKnown && !(one.again && isOne);
    }).length;
    const actions = this.actions.get(key)?.size ?? 0;
    const ids = [...this.posts.keys()].filter((id) => {
      const outcome = this.published.get(id);
      return (
        outcome !== undefined && 'user' in outcome && `${outcome.kind}/${outcome.user}` === key
      );
    });
    verdict.check(
      'at least one alert',
      ids.length >= done,
      () => `${key}: done ${done} times, posted ${ids.length} times`,
    );
    // A process that cannot record that it did nothing counts as dead.
    if (died('on-iam-change', faults)) return;
    verdict.check(
      'at most one alert',
      ids.length <= actions,
      () => `${key}: done ${actions} times, posted as ${ids.join(', ')}`,
    );
  }
}

/** Slack has no idempotency: a message is posted again if Slack's answer or its entry in the history was lost. */
function slackWasDisturbed(faults: Tally): boolean {
  return faults.count('taken, answer lost (slack)') > 0 || died('notify-slack', faults);
}

function died(functionName: string, faults: Tally): boolean {
  // A frozen process may never go on.
  const kinds = ['process died', 'note lost', 'uncertain answer', 'frozen with calls under way'];
  return kinds.some((kind) => faults.count(`${kind} (${functionName})`) > 0);
}
