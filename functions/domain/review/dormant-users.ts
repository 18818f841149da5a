import type { StoredDormant } from '../../../events/last-sweep.ts';
import { isSameName, nameKey } from '../../../events/names.ts';
import type { UserFacts } from '../rules/user-facts.ts';

/** The users whom one sweep saw dormant, and the time of the credential report that it read. */
type Night = StoredDormant['nights'][number];

/** How long a dormant user is remembered, in ms. */
// An attacker who signs in and enrols only after the next sweep is no longer dormant then.
export const REMEMBERED_MS = 7 * 24 * 60 * 60 * 1000;
// An entry of DynamoDB has at most 400 KB. A user takes up to 100 bytes.
const USERS_AT_MOST = 3_500;

/**
 * The nights to remember, latest first. Of each user the latest one counts.
 * @param before what earlier sweeps have stored
 * @param night what this sweep sees
 * @returns the nights, and how many users there was no room for
 */
export function rememberedNights(
  before: readonly Night[],
  night: Night,
): { readonly nights: Night[]; readonly dropped: number } {
  const isRecent = isWithinWeek(night.seenAt);
  const all = [night, ...before.filter(({ seenAt }) => isRecent(seenAt))];
  const known = new Set<string>();
  const isLatest = ({ user, createdAt }: Night['users'][number]) => {
    const key = `${createdAt}/${nameKey(user)}`;
    if (known.has(key)) return false;
    known.add(key);
    return known.size <= USERS_AT_MOST;
  };
  const nights = all
    .map(({ seenAt, users }) => ({ seenAt, users: users.filter(isLatest) }))
    .filter(({ users }) => users.length > 0);
  return { nights, dropped: Math.max(0, known.size - USERS_AT_MOST) };
}

/**
 * When the user was last seen dormant, in the week before an enrolment.
 * @param at the enrolment's time, ISO 8601
 * @returns the time of a credential report; null where no sweep of the week saw this user dormant
 */
export function dormantAt(
  nights: readonly Night[],
  { user, profile }: UserFacts,
  at: string,
): string | null {
  const isRecent = isWithinWeek(at);
  // The user may have the name of an earlier one.
  const created = Math.floor(Number(profile?.createdAt) / 1000);
  const night = nights.find(
    ({ seenAt, users }) =>
      isRecent(seenAt) &&
      users.some((one) => isSameName(one.user, user) && one.createdAt === created),
  );
  return night?.seenAt ?? null;
}

function isWithinWeek(at: string): (before: string) => boolean {
  return (before) => Date.parse(at) - Date.parse(before) < REMEMBERED_MS;
}
