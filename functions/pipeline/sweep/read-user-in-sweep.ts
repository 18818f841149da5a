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
 * How a sweep looks at a user whom the bulk reading shows. It reads more only where that may find somebody unprotected,
 * or where something hints that a blocked user is to be unblocked.
 * @returns null for a user who is deleted meanwhile
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
    // Of those who are not blocked most have no password, where one is what brings them into scope.
    const likely = settings.scope === 'console-users' && blocked === null ? 'password' : undefined;
    const userRead = await readUser(iam, settings, known, now(), { likely });
    return userRead && withDevicesOfBreakGlass(looker, userRead);
  };
}

/** Nothing ever blocks a break-glass user, so a missing device is looked for and told. */
async function withDevicesOfBreakGlass(
  { iam }: Looker,
  userRead: UserRead,
): Promise<UserRead | null> {
  const { facts, decision } = userRead;
  if (!isBreakGlass(decision) || facts.devices !== undefined) return userRead;
  const read = await listMfaDevices(iam, facts.user);
  return read && { decision, facts: { ...facts, ...read } };
}
