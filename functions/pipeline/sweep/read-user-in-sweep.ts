import type { IAMClient } from '@aws-sdk/client-iam';
import { hintedUsers } from '../../domain/accounts/credential-report.ts';
import { isBreakGlass } from '../../domain/accounts/sweep-tally.ts';
import { decide, leftBlocked } from '../../domain/rules/decide.ts';
import type { Settings } from '../../domain/rules/settings.ts';
import type { UserFacts } from '../../domain/rules/user-facts.ts';
import { generateCredentialReport, getCredentialReport } from '../../io/iam-account.ts';
import { listMfaDevices } from '../../io/iam-user.ts';
import { readUser, type UserRead } from '../review/read-user.ts';
import type { SweepDeps } from './sweep-deps.ts';

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

/** Waits for IAM's report, in ms, between one request and the next. */
const WAITS = [5_000, 20_000, 60_000];

/**
 * Which blocked users to read: those who may have to be unblocked because their event was lost. An old hint costs one call,
 * or delays the unblock by a few hours. No user is blocked or unblocked by a hint.
 * @param onNoReport called with the error if there is no credential report because of an error
 * @returns whether to read a user, by name; true for all users without a report
 */
function unblockHints(
  deps: SweepDeps,
  onNoReport: (error: unknown) => void,
): (user: string) => Promise<boolean> {
  let hints: Promise<ReadonlySet<string> | null> | undefined;
  return async (user) => {
    hints ??= readHints(deps, onNoReport);
    const hinted = await hints;
    return hinted === null || hinted.has(user);
  };
}

function passwordMatters({ scope, exemptPassword }: Settings): boolean {
  return scope === 'console-users' || exemptPassword === 'ends-exemption';
}

async function readHints(
  { iam, settings, log, sleep }: SweepDeps,
  onNoReport: (error: unknown) => void,
): Promise<ReadonlySet<string> | null> {
  try {
    const csv = await readReport(iam, sleep);
    if (csv !== null) return hintedUsers(csv, { password: passwordMatters(settings) });
    log.warn('IAM has not created the credential report: every blocked user is read');
  } catch (error) {
    log.warn('no credential report: every blocked user is read', { error: error as Error });
    onNoReport(error);
  }
  return null;
}

async function readReport(
  iam: IAMClient,
  sleep: (ms: number) => Promise<unknown>,
): Promise<string | null> {
  if (await generateCredentialReport(iam)) return getCredentialReport(iam);
  for (const wait of WAITS) {
    await sleep(wait);
    const csv = await getCredentialReport(iam);
    if (csv !== null) return csv;
  }
  return null;
}
