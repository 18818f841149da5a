import type { SweepRoom, SweepTally } from '../../../events/requests.ts';
import { emailOf } from '../notify/email-of.ts';
import { NAMED_AT_MOST } from '../outcomes/outcomes.ts';
import type { Decision } from '../rules/decide.ts';
import { exemptionOf } from '../rules/exemption.ts';
import { blockLimitOf, type Settings } from '../rules/settings.ts';
import { addToTotals, noTotals, stateOf } from '../rules/totals.ts';
import { hasMfaDevice, type UserFacts } from '../rules/user-facts.ts';

// An exemption that ends is announced a week and a day before: by one nightly sweep each.
const ANNOUNCED_DAYS = [7, 1];

/** The tally at the start of a sweep. */
export const noTally: SweepTally = {
  totals: noTotals,
  differences: 0,
  differing: [],
  blockedUsers: [],
  breakGlassWithoutMfa: [],
  endingExemptions: [],
};

/** Counts one more user, and names the user while there is room for names. */
export function addToTally(
  tally: SweepTally,
  { facts, decision }: { readonly facts: UserFacts; readonly decision: Decision },
  settings: Settings,
  now: Date,
): SweepTally {
  const { user, profile } = facts;
  const { action, reasons } = decision;
  const ends = profile && exemptionOf(profile, settings, now).ends;
  const email = emailOf(user, profile?.tags, settings);
  const announced = decision.status === 'exempt' && ends && ANNOUNCED_DAYS.includes(ends.daysLeft);
  return {
    ...tally,
    totals: addToTotals(tally.totals, decision),
    differences: tally.differences + (action === 'none' ? 0 : 1),
    differing:
      action === 'none'
        ? tally.differing
        : named(tally.differing, { user, action, reasons: [...reasons] }),
    blockedUsers:
      stateOf(decision) === 'blocked' ? named(tally.blockedUsers, user) : tally.blockedUsers,
    breakGlassWithoutMfa:
      isBreakGlass(decision) && hasMfaDevice(facts) === false
        ? named(tally.breakGlassWithoutMfa, user)
        : tally.breakGlassWithoutMfa,
    endingExemptions: announced
      ? named(tally.endingExemptions, {
          user,
          until: ends.until,
          ...(email === null ? {} : { email }),
        })
      : tally.endingExemptions,
  };
}

/** Counts an unprotected user who has time to enrol. */
export function withInGrace(tally: SweepTally, user: string, until: Date): SweepTally {
  const { total, users } = tally.inGrace ?? { total: 0, users: [] };
  const inGrace = {
    total: total + 1,
    users: named(users, { user, until: until.toISOString() }),
  };
  return { ...tally, inGrace };
}

export function isBreakGlass({ reasons }: Decision): boolean {
  return reasons.some(({ code }) => code === 'break-glass');
}

/**
 * The room under the block limit for a sweep, before it blocks any user.
 * @param counts the blocked users in IAM's lists, those seen so far (by any method), and the account's users
 */
export function sweepRoom(
  {
    listed,
    seen,
    users,
  }: { readonly listed: number; readonly seen: number; readonly users: number },
  { blockLimit }: Settings,
): SweepRoom {
  const counted = Math.max(listed, seen);
  const limit = blockLimitOf(users, blockLimit);
  return { counted, limit, left: Math.max(0, limit - counted), beyond: 0, firstBeyond: [] };
}

/**
 * Gives the room to the first of some users. The others are reported once, instead of being sent to a review that refuses them.
 * @returns the users within the limit, and the room that is left
 */
export function takeRoom(
  room: SweepRoom,
  users: readonly string[],
): { readonly within: readonly string[]; readonly room: SweepRoom } {
  const within = users.slice(0, room.left);
  const beyond = users.slice(room.left);
  return {
    within,
    room: {
      ...room,
      left: room.left - within.length,
      beyond: room.beyond + beyond.length,
      firstBeyond: [...room.firstBeyond, ...beyond].slice(0, NAMED_AT_MOST),
    },
  };
}

function named<T>(first: T[], one: T): T[] {
  return first.length < NAMED_AT_MOST ? [...first, one] : first;
}
