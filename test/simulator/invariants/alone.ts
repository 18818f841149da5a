import type { Account } from '../account.ts';
import type { Sent } from '../event-bus.ts';
import { checkByEvents, isExplained, type Loud } from './at-rest.ts';
import type { Graces } from './graces.ts';
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
  graces: Graces,
  now: number,
): void {
  if (account.settings.mode === 'observe') return;
  for (const name of account.users) {
    const history = account.history(name);
    const last = history.findLastIndex(({ by }) => by === 'people');
    const change = history[last];
    const user = account.user(name);
    const event = sent.findLast((one) => one.user === name && !one.byUs);
    if (!change || !user || !event || event.at !== change.at || event.arrived === null) continue;
    const before = history[last - 1];
    const isAlone = last > 0 && before !== undefined && change.at - before.at > ALONE_MS;
    if (!isAlone || loud.sweepFailed || isExplained(loud, name)) continue;
    const after = `${event.eventName}, whose event arrived`;
    // Who had a device has no time.
    const hasTime = event.eventName !== 'DeactivateMFADevice' && graces.mayHaveTime(user);
    checkByEvents(verdict, 'no sweep needed', account, user, now, after, hasTime);
  }
}
