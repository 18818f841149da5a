import {
  mayBeUnblocked,
  type SweepReport,
  withRow,
} from '../../domain/accounts/credential-report.ts';
import { isBreakGlass } from '../../domain/accounts/sweep-tally.ts';
import { decide, leftBlocked } from '../../domain/rules/decide.ts';
import { hasMfaDevice, type UserFacts } from '../../domain/rules/user-facts.ts';
import { listMfaDevices } from '../../io/iam-user.ts';
import { readUser, type UserRead } from '../review/read-user.ts';
import type { SweepDeps } from './sweep-deps.ts';

/**
 * How a sweep reads a user of the bulk reading. A credential report that IAM made since the sweep began decides with it. An older
 * one only hints at the blocked users who may have to be unblocked. The sweep reads the others one by one, and without a
 * report everyone whom the bulk reading does not decide. It never blocks or unblocks: the review does, from its own reading.
 * @param report null without one
 * @returns null for a user who was deleted meanwhile
 */
export function lookForSweep(
  deps: SweepDeps,
  report: SweepReport | null,
): (known: UserFacts) => Promise<UserRead | null> {
  const { iam, settings, now } = deps;
  return async (known) => {
    const facts = report === null ? known : withRow(known, report);
    const unsettled = decide(facts, settings, now()).kind === 'undecided';
    const blocked = unsettled ? leftBlocked(facts) : null;
    if (blocked !== null && report !== null && !mayBeUnblocked(facts, report, settings)) {
      return { facts, decision: blocked };
    }
    // With scope console-users most users who are not blocked have no password, so the password decides first.
    const likely = settings.scope === 'console-users' && blocked === null ? 'password' : undefined;
    const userRead = await readUser(iam, settings, facts, now(), { likely });
    return userRead && withDevicesOfBreakGlass(deps, userRead);
  };
}

/** A break-glass user is never blocked, so a missing device is read and reported. */
async function withDevicesOfBreakGlass(
  { iam }: SweepDeps,
  userRead: UserRead,
): Promise<UserRead | null> {
  const { facts, decision } = userRead;
  if (!isBreakGlass(decision) || hasMfaDevice(facts) !== null) return userRead;
  const read = await listMfaDevices(iam, facts.user);
  return read && { decision, facts: { ...facts, ...read } };
}
