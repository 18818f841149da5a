import type { Outcome } from '../../../events/outcome.ts';
import type { Tally } from '../tally.ts';
import type { Verdict } from './verdict.ts';

type Kind = 'user-blocked' | 'user-unblocked';

// functions/domain/review/stale-reads.ts.
const SETTLED_MS = 120_000;

/** A write about which nobody knows whether it was done. */
interface Doubt {
  readonly key: string;
  readonly user: string;
  readonly invocation: string;
  readonly at: number;
}

/** What people did to a user after the one time and before the other. */
export interface ByPeople {
  readonly changed: (user: string, from: number, to: number) => boolean;
  /** They blocked the user. */
  readonly blocked: (user: string, from: number, to: number) => boolean;
}

/** Counts what was done to each user, and what Slack was told of it. */
export class Alerts {
  /** Users who became blocked, or free. `again`: for the second time in a row, since a person had undone the first. */
  readonly #done: {
    readonly key: string;
    readonly user: string;
    readonly invocation: string;
    readonly at: number;
    readonly again: boolean;
    readonly unnoted: boolean;
  }[] = [];
  readonly #last = new Map<string, Kind>();
  /** kind/user → the invocations that changed what blocks the user, be it one block method of several. */
  readonly actions = new Map<string, Set<string>>();
  /** Writes that IAM answered with errors only, which may have been done all the same. */
  readonly #doubts: Doubt[] = [];
  /** When users were reviewed to the end. */
  readonly #looks: { readonly user: string; readonly at: number }[] = [];
  /** Outcome id → how often Slack was told, as far as the function lived to say so. */
  readonly told = new Map<string, number>();
  readonly published = new Map<string, Outcome>();

  tell(ids: readonly string[]): void {
    for (const id of ids) this.told.set(id, (this.told.get(id) ?? 0) + 1);
  }

  /** The table was told that Slack was told. */
  noted(id: string): void {
    if (!this.told.has(id)) this.told.set(id, 0);
  }

  /**
   * A user became blocked, or free, by the enforcer.
   * @param unnoted the state table was away: an unblock goes ahead all the same, and whoever dies then leaves no trace of it
   */
  done(kind: Kind, user: string, invocation: string, at: number, unnoted = false): void {
    const again = this.#last.get(user) === kind;
    this.#done.push({ key: `${kind}/${user}`, user, invocation, at, again, unnoted });
    this.#last.set(user, kind);
  }

  /** The enforcer changed what blocks a user. */
  action(kind: Kind, user: string, invocation: string): void {
    const key = `${kind}/${user}`;
    this.actions.set(key, (this.actions.get(key) ?? new Set()).add(invocation));
  }

  /** The enforcer may have changed what blocks a user. */
  doubt(kind: Kind, user: string, invocation: string, at: number): void {
    this.#doubts.push({ key: `${kind}/${user}`, user, invocation, at });
  }

  /** A user was reviewed to the end. */
  looked(user: string, at: number): void {
    this.#looks.push({ user, at });
  }

  /**
   * Once all is quiet, Slack is well and failed messages were redriven.
   * @param faults of the whole run
   */
  check(verdict: Verdict, faults: Tally, byPeople: ByPeople): void {
    // What IAM shows later tells whether it was done, unless people changed the user in between: then it is told.
    for (const { key, user, invocation, at } of this.#doubts) {
      if (!byPeople.changed(user, at, Number.POSITIVE_INFINITY)) continue;
      this.actions.set(key, (this.actions.get(key) ?? new Set()).add(invocation));
    }
    const keys = new Set(this.#done.map((one) => one.key));
    for (const id of this.told.keys()) {
      const outcome = this.published.get(id);
      if (outcome?.kind === 'user-blocked' || outcome?.kind === 'user-unblocked') {
        keys.add(`${outcome.kind}/${outcome.user}`);
      }
    }
    const overtaken = this.#doubts.filter(({ user, at }) => {
      const look = this.#nextLook(user, at);
      return byPeople.changed(user, at, look) || this.#unblockedUnnoted(user, at, look);
    });
    for (const key of keys) this.#checkUser(verdict, faults, byPeople, key, overtaken);
    if (!slackWasDisturbed(faults)) {
      for (const [id, times] of this.told) {
        verdict.check('at most one alert', times <= 1, () => `${id} was told ${times} times`);
      }
    }
  }

  /** Whether the enforcer unblocked a user in between while it could not read what it had in doubt. */
  #unblockedUnnoted(user: string, from: number, to: number): boolean {
    return this.#done.some(
      (one) => one.user === user && one.unnoted && one.at > from && one.at <= to,
    );
  }

  /** When a reading that must show what was done at that time was acted on. */
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
    overtaken: readonly Doubt[],
  ): void {
    // An action that a process died of, that a person undid and that the same message made due again is told once.
    const isOne = died('on-iam-change', faults);
    const done = this.#done.filter((one) => {
      // What people changed before anybody could look leaves no trace: nobody can know that it was done.
      const isTraceless = overtaken.some(
        (doubt) => doubt.key === key && doubt.invocation === one.invocation,
      );
      // So does an unblock that a process died of, where people blocked the user again: it looks as if it was not done.
      const isUndone =
        isOne &&
        key.startsWith('user-unblocked/') &&
        byPeople.blocked(one.user, one.at, this.#nextLook(one.user, one.at));
      const isKnown = !isTraceless && !isUndone && !one.unnoted;
      return one.key === key && isKnown && !(one.again && isOne);
    }).length;
    const actions = this.actions.get(key)?.size ?? 0;
    const ids = [...this.told.keys()].filter((id) => {
      const outcome = this.published.get(id);
      return (
        outcome !== undefined && 'user' in outcome && `${outcome.kind}/${outcome.user}` === key
      );
    });
    verdict.check(
      'at least one alert',
      ids.length >= done,
      () => `${key}: done ${done} times, told ${ids.length} times`,
    );
    // Who cannot write down that nothing was done is as good as dead.
    if (died('on-iam-change', faults)) return;
    verdict.check(
      'at most one alert',
      ids.length <= actions,
      () => `${key}: done ${actions} times, told as ${ids.join(', ')}`,
    );
  }
}

/** Slack has no idempotency: a message whose answer, or whose note in the table, was lost is told again. */
function slackWasDisturbed(faults: Tally): boolean {
  return faults.count('taken, answer lost (slack)') > 0 || died('notify-slack', faults);
}

function died(functionName: string, faults: Tally): boolean {
  // Who is frozen may never go on.
  const kinds = ['process died', 'note lost', 'uncertain answer', 'frozen with calls under way'];
  return kinds.some((kind) => faults.count(`${kind} (${functionName})`) > 0);
}
