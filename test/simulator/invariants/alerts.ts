import type { Outcome } from '../../../events/outcome.ts';
import type { Tally } from '../tally.ts';
import type { Verdict } from './verdict.ts';

type Kind = 'user-held' | 'user-released';

/** Counts what was done to each user, and what Slack was told of it. */
export class Alerts {
  /** Users who became held, or free. `again`: for the second time in a row, since a person had undone the first. */
  readonly #done: { readonly key: string; readonly again: boolean }[] = [];
  readonly #last = new Map<string, Kind>();
  /** kind/user → the invocations that changed what holds the user, be it one rung of several. */
  readonly deeds = new Map<string, Set<string>>();
  /** Writes that IAM answered with errors only, which may have been done all the same. */
  readonly #doubts: { key: string; user: string; invocation: string; at: number }[] = [];
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

  /** A user became held, or free, by the enforcer. */
  done(kind: Kind, user: string): void {
    this.#done.push({ key: `${kind}/${user}`, again: this.#last.get(user) === kind });
    this.#last.set(user, kind);
  }

  /** The enforcer changed what holds a user. */
  deed(kind: Kind, user: string, invocation: string): void {
    const key = `${kind}/${user}`;
    this.deeds.set(key, (this.deeds.get(key) ?? new Set()).add(invocation));
  }

  /** The enforcer may have changed what holds a user. */
  doubt(kind: Kind, user: string, invocation: string, at: number): void {
    this.#doubts.push({ key: `${kind}/${user}`, user, invocation, at });
  }

  /**
   * Once all is quiet, Slack is well and dead letters were redriven.
   * @param faults of the whole run
   * @param changedAfter whether people changed a user after that time
   */
  check(
    verdict: Verdict,
    faults: Tally,
    changedAfter: (user: string, at: number) => boolean,
  ): void {
    // What IAM shows later tells whether it was done, unless people changed the user in between: then it is told.
    for (const { key, user, invocation, at } of this.#doubts) {
      if (!changedAfter(user, at)) continue;
      this.deeds.set(key, (this.deeds.get(key) ?? new Set()).add(invocation));
    }
    const keys = new Set(this.#done.map((one) => one.key));
    for (const id of this.told.keys()) {
      const outcome = this.published.get(id);
      if (outcome?.kind === 'user-held' || outcome?.kind === 'user-released') {
        keys.add(`${outcome.kind}/${outcome.user}`);
      }
    }
    for (const key of keys) this.#checkUser(verdict, faults, key);
    if (!slackWasDisturbed(faults)) {
      for (const [id, times] of this.told) {
        verdict.check('at most one alert', times <= 1, () => `${id} was told ${times} times`);
      }
    }
  }

  #checkUser(verdict: Verdict, faults: Tally, key: string): void {
    // A deed that a process died of, that a person undid and that the same message made due again is told once.
    const isOne = died('on-iam-change', faults);
    const done = this.#done.filter((one) => one.key === key && !(one.again && isOne)).length;
    const deeds = this.deeds.get(key)?.size ?? 0;
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
      ids.length <= deeds,
      () => `${key}: done ${deeds} times, told as ${ids.join(', ')}`,
    );
  }
}

/** Slack has no idempotency: a message whose answer, or whose note in the table, was lost is told again. */
function slackWasDisturbed(faults: Tally): boolean {
  return faults.count('taken, answer lost (slack)') > 0 || died('notify-slack', faults);
}

function died(functionName: string, faults: Tally): boolean {
  // Who is frozen may never go on.
  const kinds = ['process died', 'note lost', 'doubtful answer', 'frozen with calls under way'];
  return kinds.some((kind) => faults.count(`${kind} (${functionName})`) > 0);
}
