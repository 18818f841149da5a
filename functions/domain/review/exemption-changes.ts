import { isCallOf, isNaming } from '../../../events/cause.ts';
import type { UserChange } from '../../../events/message.ts';
import { isSameName } from '../../../events/names.ts';
import type { Outcome } from '../../../events/outcome.ts';
import { exemptionOf, isExempting, isExemptionKey, UNTIL_KEY } from '../rules/exemption.ts';
import type { Settings } from '../rules/settings.ts';
import { isSameKey } from '../rules/tags.ts';
import type { Profile } from '../rules/user-facts.ts';

export type ExemptionChange = Extract<Outcome, { kind: 'exemption-seen' }>['change'];

/**
 * What one change means for the user's exemption.
 * @param change of the user
 * @param profile the user's tags, path and name after it
 * @returns null where it is no news: an exempt user is none, a change of the exemption is
 */
export function exemptionChange(
  { cause, expects }: UserChange,
  profile: Profile,
  settings: Settings,
  now: Date,
): ExemptionChange | null {
  if (cause.kind === 'sweep') return null;
  const { exempt, reason } = exemptionOf(profile, settings, now);
  if (isNaming(cause) && reason.code === 'exempt-name') return 'granted';
  const touched = Object.entries(expects.tags ?? {}).filter(([key]) =>
    isExemptionKey(key, settings),
  );
  if (touched.length === 0) return exempt && expects.password === true ? 'password' : null;
  // Judged by what the change itself did: another change of the same batch may have undone it.
  // Stryker disable next-line ConditionalExpression: no value exempts nobody; the compiler wants it said
  if (touched.some(([key, value]) => value !== null && isExempting(key, value, settings)))
    return 'granted';
  if (touched.some(([, value]) => value === null)) return exempt ? 'changed' : 'removed';
  const endIsSet = touched.some(([key]) => isSameKey(key, UNTIL_KEY));
  // A tag that exempts nobody, on somebody who is not exempt: whoever loses an exemption by it is blocked, and told so.
  if (!exempt && !endIsSet) return null;
  return exempt ? 'changed' : 'removed';
}

/**
 * The device that a change enabled for a user by another identity: a role, root or another user. An administrator may
 * do so; so may a thief, whose device then is a second factor of the user's.
 * @returns its serial number, or null where the change is no such thing
 */
export function deviceByOther(change: UserChange): string | null {
  const { cause, expects } = change;
  if (!isCallOf(cause, 'EnableMFADevice')) return null;
  const [serial] = Object.keys(expects.devices ?? {});
  return serial === undefined || isBySelf(change) ? null : serial;
}

/** Whether the actor is the user concerned. */
export function isBySelf({ cause, user }: UserChange): boolean {
  // Stryker disable next-line ConditionalExpression: a sweep has no actor; the compiler wants it said
  if (cause.kind !== 'event' || cause.actor.type !== 'IAMUser') return false;
  return isSameName(cause.actor.name, user);
}
