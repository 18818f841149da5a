import type { Account } from '../account.ts';
import type { Sent } from '../event-bus.ts';
import { isBreakGlass, mustBeBlocked } from '../oracle.ts';
import { isAbout, type Loud } from './at-rest.ts';
import type { Verdict } from './verdict.ts';

// Longer than any lag of a reading plus any skew of a clock.
const ALONE_MS = 130_000;

/**
 * Checks, before any sweep, each user whose last change came alone and whose event arrived: the user is in the right state.
 * Changes close together are left to the sweep, since the reading for one may not show the other.
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
    const isExplained =
      loud.sweepFailed ||
      isAbout(loud.failedMessages, name) ||
      loud.outcomes.some(
        (outcome) =>
          outcome.kind === 'breaker-open' ||
          ('user' in outcome && outcome.kind === 'could-not-enforce' && outcome.user === name),
      );
    if (!isAlone || isExplained) continue;
    const must = mustBeBlocked(user, settings, now);
    const stays = settings.unblock === 'never' && !isBreakGlass(user.tags);
    // Events do not find a user with few policies who is blocked by another method only: the sweep does (docs/decisions/007).
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
