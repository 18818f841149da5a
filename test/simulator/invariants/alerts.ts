import type { Outcome } from '../../../events/outcome.ts';
import type { Tally } from '../tally.ts';
import type { Verdict } from './verdict.ts';

type Kind = 'user-held' | 'user-released';

/** Counts what was done to each user, and what Slack was told of it. */
export class Alerts {
  /** Holds and releases that took effect: kind and user. */
  readonly done: { readonly kind: Kind; readonly user: string; readonly at: number }[] = [];
  /** Outcome id → how often Slack was told. */
  readonly told = new Map<string, number>();
  readonly published = new Map<string, Outcome>();

  tell(ids: readonly string[]): void {
    for (const id of ids) this.told.set(id, (this.told.get(id) ?? 0) + 1);
  }

  /** Once all is quiet, Slack is well and dead letters were redriven. @param faults of the whole run */
  check(verdict: Verdict, faults: Tally): void {
    const keys = new Set(this.done.map(({ kind, user }) => `${kind}/${user}`));
    for (const id of this.told.keys()) {
      const outcome = this.published.get(id);
      if (outcome?.kind === 'user-held' || outcome?.kind === 'user-released') {
        keys.add(`${outcome.kind}/${outcome.user}`);
      }
    }
    for (const key of keys) this.#checkUser(verdict, faults, key);
    if (!slackWasDisturbed(faults)) {
      for (const [id, times] of this.told) {
        verdict.check('at most one alert', times === 1, () => `${id} was told ${times} times`);
      }
    }
  }

  #checkUser(verdict: Verdict, faults: Tally, key: string): void {
    const done = this.done.filter(({ kind, user }) => `${kind}/${user}` === key).length;
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
    if (faults.count('process died (on-iam-change)') > 0) return;
    verdict.check(
      'at most one alert',
      ids.length <= done,
      () => `${key}: done ${done} times, told as ${ids.join(', ')}`,
    );
  }
}

/** Slack has no idempotency: a message whose answer, or whose note in the table, was lost is told again. */
function slackWasDisturbed(faults: Tally): boolean {
  const kinds = ['taken, answer lost (slack)', 'process died (notify-slack)', 'note lost (slack)'];
  return kinds.some((kind) => faults.count(kind) > 0);
}
