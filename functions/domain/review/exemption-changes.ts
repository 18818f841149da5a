import { isNaming } from '../../../events/cause.ts';
import type { UserChange } from '../../../events/message.ts';
import { isSameName } from '../../../events/names.ts';
import type { OutcomeOf } from '../../../events/outcome.ts';
import { exemptionOf, isExempting, isExemptionKey, UNTIL_KEY } from '../rules/exemption.ts';
import type { Settings } from '../rules/settings.ts';
import { isSameKey, type Profile } from '../rules/user-facts.ts';

export type ExemptionChange = OutcomeOf<'exemption-seen'>['change'];

/**
 * What one change means for the user's exemption.
 * @param change of the user
 * @param profile the user's tags, path and name after the change
 * @returns null where the change does not affect the exemption
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
  // Only the change itself counts: another change of the same batch may have undone it.
  if (isExemptingTag({ expects }, settings)) return 'granted';
  if (touched.some(([, value]) => value === null)) return exempt ? 'changed' : 'removed';
  const endIsSet = touched.some(([key]) => isSameKey(key, UNTIL_KEY));
  // The new value does not exempt, and the user is not exempt. A user who loses an exemption by it is blocked, which is reported.
  if (!exempt && !endIsSet) return null;
  return exempt ? 'changed' : 'removed';
}

/** Whether the change set a tag that exempts the user, whatever followed it. */
export function isExemptingTag(
  { expects }: Pick<UserChange, 'expects'>,
  settings: Pick<Settings, 'exemptTags'>,
): boolean {
  return Object.entries(expects.tags ?? {}).some(
    // Stryker disable next-line ConditionalExpression: null never exempts; the compiler needs the check
    ([key, value]) => value !== null && isExempting(key, value, settings),
  );
}

/** Whether the actor is the user concerned. */
export function isBySelf({ cause, user }: UserChange): boolean {
  // Stryker disable next-line ConditionalExpression: a sweep has no actor; the compiler needs the check
  if (cause.kind !== 'event' || cause.actor.type !== 'IAMUser') return false;
  return isSameName(cause.actor.name, user);
}
