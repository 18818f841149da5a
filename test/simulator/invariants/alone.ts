import type { Account } from '../account.ts';
import type { Sent } from '../event-bus.ts';
import { isBreakGlass, mustBeBlocked } from '../oracle.ts';
import { isAbout, type Loud } from './at-rest.ts';
import type { Verdict } from './verdict.ts';

// Longer than any reading lags, and any clock is off.
const ALONE_MS = 130_000;

/**
 * Before any sweep: whoever was changed last by a call whose event arrived, with nothing else happening to the user
 * around it, is as should be by now. Events that come close together may miss each other's readings, and then it is
 * the sweep that finds them.
 */
export function checkAlone(
  verdict: Verdict,
  account: Account,
  sent: readonly Sent[],
  loud: Loud,
  now: number,
): void {
  const { settings } = account;
  if (settings.mode === 'observe') return;
  for (const name of account.users) {
    const history = account.history(name);
    const last = history.findLastIndex(({ by }) => by === 'people');
    const change = history[last];
    const user = account.user(name);
    const event = sent.findLast((one) => one.user === name && !one.byUs);
    if (!change || !user || !event || event.at !== change.at || event.arrived === null) continue;
    const before = history[last - 1];
    const isAlone = last > 0 && before !== undefined && change.at - before.at > ALONE_MS;
    const isExcused =
      loud.sweepFailed ||
      isAbout(loud.failedMessages, name) ||
      loud.outcomes.some(
        (outcome) =>
          outcome.kind === 'breaker-open' ||
          ('user' in outcome && outcome.kind === 'could-not-enforce' && outcome.user === name),
      );
    if (!isAlone || isExcused) continue;
    const must = mustBeBlocked(user, settings, now);
    const stays = settings.unblock === 'never' && !isBreakGlass(user.tags);
    // Who is blocked by another block method only, and has few policies, is unblocked by the sweep (docs/decisions/007).
    const byPolicy = user.policies.includes(settings.policyArn) || user.policies.length >= 10;
    const right = must ? account.isBlocked(name) : stays || !account.isBlocked(name) || !byPolicy;
    verdict.check(
      'no sweep needed',
      right,
      () =>
        `${name} is ${must ? 'not blocked' : 'blocked'} after ${event.eventName}, whose event arrived`,
    );
  }
}
