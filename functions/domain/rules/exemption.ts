import type { Reason } from '../../../events/outcome.ts';
import type { ReportedExemption } from '../../../events/report.ts';
import { fittingPattern } from './exempt-users.ts';
import type { Settings } from './settings.ts';
import { isSameKey, type Profile, type Tags, tagValue } from './user-facts.ts';

/** Whether a user is exempt, and why or why not. */
export interface Exemption {
  readonly exempt: boolean;
  readonly reason: Reason;
  /** The last day of the exemption, and how many whole days are left. */
  readonly ends?: { readonly until: string; readonly daysLeft: number };
}

/**
 * Users with this tag are never blocked. An explicit Deny in the enforcer's role protects them too, except from AddUserToGroup,
 * which IAM evaluates on the group (docs/block-methods.md).
 */
export const BREAK_GLASS = { key: 'mfa-enforcer:break-glass', value: 'true' };
/** The tag with the last day of an exemption. */
export const UNTIL_KEY = 'mfa-exempt-until';

const DAY_MS = 24 * 60 * 60 * 1000;

type Exempting = Pick<Settings, 'exemptTags' | 'exemptUsers'>;

/**
 * @param profile the user's tags, and the ARN with path and name
 * @param now decides whether an exemption has ended
 * @returns exempt by break-glass, by one of the deployment's tags or by one of its name patterns, unless the exemption
 *   has ended or its end cannot be read
 */
export function exemptionOf(
  profile: Pick<Profile, 'arn' | 'tags'>,
  settings: Exempting,
  now: Date,
): Exemption {
  const { tags } = profile;
  const breakGlass = breakGlassReason(tags);
  if (breakGlass) return { exempt: true, reason: breakGlass };
  const ground = groundOf(profile, settings);
  if (ground === null) {
    return { exempt: false, reason: { code: 'not-exempt', text: 'no exemption' } };
  }
  const { code, by } = ground;
  const until = tagValue(tags, UNTIL_KEY);
  if (until === null) {
    return { exempt: true, reason: { code, text: `exempt by ${by}` } };
  }
  const end = endOf(until);
  if (end === null) {
    const text = `exemption by ${by} is invalid: ${UNTIL_KEY}=${until} is not a date like 2026-12-31`;
    return { exempt: false, reason: { code: 'exemption-unreadable', text } };
  }
  if (end <= now.getTime()) {
    const text = `exemption by ${by} ended: ${UNTIL_KEY}=${until}`;
    return { exempt: false, reason: { code: 'exemption-ended', text } };
  }
  const text = `exempt by ${by} until ${until}`;
  const daysLeft = Math.floor((end - now.getTime()) / DAY_MS);
  return { exempt: true, reason: { code, text }, ends: { until, daysLeft } };
}

/**
 * What a report says of a user's exemption, whether or not the decision rests on it: a user with a device may have one, too.
 * @returns null where neither a tag nor the name exempts the user
 */
export function exemptionFacts(
  profile: Pick<Profile, 'arn' | 'tags'>,
  settings: Exempting,
  now: Date,
): ReportedExemption | null {
  const { exempt, reason } = exemptionOf(profile, settings, now);
  if (reason.code === 'not-exempt') return null;
  // A break-glass user is exempt whatever the date says.
  const until = reason.code === 'break-glass' ? null : tagValue(profile.tags, UNTIL_KEY);
  return { inForce: exempt, reason, until };
}

/** Whether a console password would end an exemption that is in force. Nothing ends that of a break-glass user. */
export function endsByPassword(
  { exempt, reason }: Exemption,
  { exemptPassword }: Pick<Settings, 'exemptPassword'>,
): boolean {
  return exempt && exemptPassword === 'ends-exemption' && reason.code !== 'break-glass';
}

/** What exempts a user, whether or not the exemption has ended. */
interface Ground {
  readonly code: 'exempt-tag' | 'exempt-name';
  /** Follows "exempt by" or "exemption by". */
  readonly by: string;
}

/** A tag counts before a name: anyone who may create users can choose a name. */
function groundOf(
  { arn, tags }: Pick<Profile, 'arn' | 'tags'>,
  { exemptTags, exemptUsers }: Exempting,
): Ground | null {
  const match = exemptTags.find((tag) => hasTag(tags, tag));
  if (match !== undefined) {
    return { code: 'exempt-tag', by: `the tag ${match.key}=${tagValue(tags, match.key)}` };
  }
  const pattern = fittingPattern(arn, exemptUsers);
  return pattern === null ? null : { code: 'exempt-name', by: `the name pattern ${pattern}` };
}

/** The reason why a break-glass user is never blocked; null where the tags do not make the user one. */
export function breakGlassReason(tags: Tags): Reason | null {
  if (!hasTag(tags, BREAK_GLASS)) return null;
  const text = `break-glass user (tag ${BREAK_GLASS.key}=${BREAK_GLASS.value}), never blocked`;
  return { code: 'break-glass', text };
}

/** Whether a tag, set to that value, exempts by itself. */
export function isExempting(
  key: string,
  value: string,
  { exemptTags }: Pick<Settings, 'exemptTags'>,
): boolean {
  return [BREAK_GLASS, ...exemptTags].some((tag) => hasTag({ [key]: value }, tag));
}

/** Whether a tag key affects exemptions. A change of such a tag is reported. */
export function isExemptionKey(key: string, { exemptTags }: Pick<Settings, 'exemptTags'>): boolean {
  const keys = [UNTIL_KEY, BREAK_GLASS.key, ...exemptTags.map((tag) => tag.key)];
  return keys.some((one) => isSameKey(one, key));
}

/** When a day ends (UTC), in ms; null for a text that is not a date, such as 2026-02-30. */
function endOf(day: string): number | null {
  // Stryker disable next-line Regex: Date.parse refuses a date with anything after it
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return null;
  const start = Date.parse(`${day}T00:00:00Z`);
  // Date.parse takes 2026-02-30 for March 2nd in some engines.
  if (Number.isNaN(start) || !new Date(start).toISOString().startsWith(day)) return null;
  return start + DAY_MS;
}

function hasTag(tags: Tags, tag: { key: string; value: string }): boolean {
  return tagValue(tags, tag.key)?.toLowerCase() === tag.value.toLowerCase();
}
