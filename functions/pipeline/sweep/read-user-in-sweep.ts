import { isBreakGlass } from '../../domain/accounts/sweep-tally.ts';
import { decide, leftBlocked } from '../../domain/rules/decide.ts';
import type { Settings } from '../../domain/rules/settings.ts';
import type { UserFacts } from '../../domain/rules/user-facts.ts';
import { listMfaDevices } from '../../io/iam-user.ts';
import { readUser, type UserRead } from '../review/read-user.ts';
import { type HintReader, unblockHints } from './unblock-hints.ts';

export interface Looker extends HintReader {
  readonly settings: Settings;
  readonly now: () => Date;
}

/**
 * How a sweep reads a user of the bulk reading. It reads more only if the user may be unprotected, or if a hint says that a
 * blocked user may have to be unblocked.
 * @returns null for a user who was deleted meanwhile
 */
export function lookForSweep(looker: Looker): (known: UserFacts) => Promise<UserRead | null> {
  const { iam, settings, now } = looker;
  const mayBeUnblocked = unblockHints(looker);
  return async (known) => {
    const unsettled = decide(known, settings, now()).kind === 'undecided';
    const blocked = unsettled ? leftBlocked(known) : null;
    if (blocked !== null && !(await mayBeUnblocked(known.user))) {
      return { facts: known, decision: blocked };
    }
    // With scope console-users most users who are not blocked have no password, so the password decides first.
    const likely = settings.scope === 'console-users' && blocked === null ? 'password' : undefined;
    const userRead = await readUser(iam, settings, known, now(), { likely });
    return userRead && withDevicesOfBreakGlass(looker, userRead);
  };
}

/** A break-glass user is never blocked, so a missing device is read and reported. */
async function withDevicesOfBreakGlass(
  { iam }: Looker,
  userRead: UserRead,
): Promise<UserRead | null> {
  const { facts, decision } = userRead;
  if (!isBreakGlass(decision) || facts.devices !== undefined) return userRead;
  const read = await listMfaDevices(iam, facts.user);
  return read && { decision, facts: { ...facts, ...read } };
}
