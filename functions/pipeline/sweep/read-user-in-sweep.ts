import { isBreakGlass } from '../../domain/accounts/sweep-tally.ts';
import { decide, leftBlocked } from '../../domain/rules/decide.ts';
import type { UserFacts } from '../../domain/rules/user-facts.ts';
import { listMfaDevices } from '../../io/iam-user.ts';
import { readUser, type UserRead } from '../review/read-user.ts';
import type { SweepDeps } from './sweep-deps.ts';
import { unblockHints } from './unblock-hints.ts';

/**
 * How a sweep reads a user of the bulk reading. It reads more only if the user may be unprotected, or if a hint says that a
 * blocked user may have to be unblocked.
 * @param onNoReport called with the error if there is no credential report because of an error
 * @returns null for a user who was deleted meanwhile
 */
export function lookForSweep(
  deps: SweepDeps,
  onNoReport: (error: unknown) => void,
): (known: UserFacts) => Promise<UserRead | null> {
  const { iam, settings, now } = deps;
  const mayBeUnblocked = unblockHints(deps, onNoReport);
  return async (known) => {
    const unsettled = decide(known, settings, now()).kind === 'undecided';
    const blocked = unsettled ? leftBlocked(known) : null;
    if (blocked !== null && !(await mayBeUnblocked(known.user))) {
      return { facts: known, decision: blocked };
    }
    // With scope console-users most users who are not blocked have no password, so the password decides first.
    const likely = settings.scope === 'console-users' && blocked === null ? 'password' : undefined;
    const userRead = await readUser(iam, settings, known, now(), { likely });
    return userRead && withDevicesOfBreakGlass(deps, userRead);
  };
}

/** A break-glass user is never blocked, so a missing device is read and reported. */
async function withDevicesOfBreakGlass(
  { iam }: SweepDeps,
  userRead: UserRead,
): Promise<UserRead | null> {
  const { facts, decision } = userRead;
  if (!isBreakGlass(decision) || facts.devices !== undefined) return userRead;
  const read = await listMfaDevices(iam, facts.user);
  return read && { decision, facts: { ...facts, ...read } };
}
