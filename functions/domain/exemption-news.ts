import type { UserChange } from '../../events/message.ts';
import type { Outcome } from '../../events/outcome.ts';
import { exemptionOf, isExempting, isExemptionKey } from './exemption.ts';
import type { Settings } from './settings.ts';
import type { Profile } from './user-facts.ts';

export type ExemptionChange = Extract<Outcome, { kind: 'exemption-seen' }>['change'];

/**
 * What one change means for the user's exemption.
 * @param change of the user
 * @param profile the user's tags after it
 * @returns null where it is no news: an exempt user is none, a change of the exemption is
 */
export function exemptionNews(
  { cause, expects }: UserChange,
  profile: Profile,
  settings: Settings,
  now: Date,
): ExemptionChange | null {
  if (cause.kind === 'sweep') return null;
  const { exempt } = exemptionOf(profile.tags, settings, now);
  const touched = Object.entries(expects.tags ?? {}).filter(([key]) =>
    isExemptionKey(key, settings),
  );
  if (touched.length === 0) return exempt && expects.password === true ? 'password' : null;
  // A new user had no exemption that could have been removed.
  if (!exempt) return cause.eventName === 'CreateUser' ? null : 'removed';
  const granted = touched.some(
    ([key, value]) => value !== null && isExempting(key, value, settings),
  );
  return granted ? 'granted' : 'changed';
}

/** Whether the actor is the user concerned. */
export function isBySelf({ cause, user }: UserChange): boolean {
  return cause.kind === 'event' && cause.actor.type === 'IAMUser' && cause.actor.name === user;
}
