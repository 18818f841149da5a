import type { IAMClient } from '@aws-sdk/client-iam';
import type { StoredDormant } from '../../../events/last-sweep.ts';
import type { FailedPart } from '../../../events/outcome.ts';
import { stateKeys } from '../../../events/state-keys.ts';
import { dormantUsers, hintedUsers } from '../../domain/accounts/credential-report.ts';
import { isBreakGlass } from '../../domain/accounts/sweep-tally.ts';
import { REMEMBERED_MS, rememberedNights } from '../../domain/review/dormant-users.ts';
import { decide, leftBlocked } from '../../domain/rules/decide.ts';
import type { Settings } from '../../domain/rules/settings.ts';
import type { UserFacts } from '../../domain/rules/user-facts.ts';
import { getEntry, putEntry } from '../../io/dynamodb.ts';
import {
  type CredentialReport,
  generateCredentialReport,
  getCredentialReport,
} from '../../io/iam-account.ts';
import { listMfaDevices } from '../../io/iam-user.ts';
import { readUser, type UserRead } from '../review/read-user.ts';
import { readDormant } from '../stored-dormant.ts';
import type { SweepDeps } from './sweep-deps.ts';

/** Takes the error of a part of the sweep that failed alone. */
type OnFailed = (part: FailedPart['part'], error: unknown) => void;

/**
 * How a sweep reads a user of the bulk reading. It reads more only if the user may be unprotected, or if a hint says that a
 * blocked user may have to be unblocked.
 * @param onFailed called where the credential report cannot be read, or what it says of dormant users not be stored
 * @returns null for a user who was deleted meanwhile
 */
export function lookForSweep(
  deps: SweepDeps,
  onFailed: OnFailed,
): (known: UserFacts) => Promise<UserRead | null> {
  const { iam, settings, now } = deps;
  const mayBeUnblocked = unblockHints(deps, onFailed);
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

/**
 * Stores who is dormant, for the enrolment rules. The report covers all users of the account.
 * @throws the error of the state table
 */
async function rememberDormant(
  { dynamo, stateTable, settings, log, now }: SweepDeps,
  { csv, generatedAt }: CredentialReport,
): Promise<void> {
  const { account } = settings;
  const id = stateKeys.dormant(account);
  const before = readDormant(await getEntry(dynamo, stateTable, id), account, now(), log);
  const users = dormantUsers(csv, generatedAt);
  const { nights, dropped } = rememberedNights(before, {
    seenAt: generatedAt.toISOString(),
    users,
  });
  if (dropped > 0) log.warn('there is no room to remember all dormant users', { account, dropped });
  if (nights.length === 0 && before.length === 0) return;
  const record: StoredDormant = { schema: 'mfa-enforcer/dormant-users/1', account, nights };
  const expires = new Date(now().getTime() + REMEMBERED_MS);
  await putEntry(dynamo, stateTable, id, JSON.stringify(record), expires);
}

/** Waits for IAM's report, in ms, between one request and the next. */
const WAITS = [5_000, 20_000, 60_000];

/**
 * Which blocked users to read: those who may have to be unblocked because their event was lost. An old hint costs one call,
 * or delays the unblock by a few hours. No user is blocked or unblocked by a hint.
 * @param onFailed called where the credential report cannot be read, or what it says of dormant users not be stored
 * @returns whether to read a user, by name; true for all users without a report
 */
function unblockHints(deps: SweepDeps, onFailed: OnFailed): (user: string) => Promise<boolean> {
  let hints: Promise<ReadonlySet<string> | null> | undefined;
  return async (user) => {
    hints ??= readHints(deps, onFailed);
    const hinted = await hints;
    return hinted === null || hinted.has(user);
  };
}

function passwordMatters({ scope, exemptPassword }: Settings): boolean {
  return scope === 'console-users' || exemptPassword === 'ends-exemption';
}

async function readHints(deps: SweepDeps, onFailed: OnFailed): Promise<ReadonlySet<string> | null> {
  const { iam, settings, log, sleep } = deps;
  try {
    const report = await readReport(iam, sleep);
    if (report !== null) {
      const hinted = hintedUsers(report.csv, { password: passwordMatters(settings) });
      await rememberDormant(deps, report).catch((error) => onFailed('dormant-users', error));
      return hinted;
    }
    log.warn('IAM has not created the credential report: every blocked user is read');
  } catch (error) {
    log.warn('no credential report: every blocked user is read', { error: error as Error });
    onFailed('credential-report', error);
  }
  return null;
}

async function readReport(
  iam: IAMClient,
  sleep: (ms: number) => Promise<unknown>,
): Promise<CredentialReport | null> {
  if (await generateCredentialReport(iam)) return getCredentialReport(iam);
  for (const wait of WAITS) {
    await sleep(wait);
    const report = await getCredentialReport(iam);
    if (report !== null) return report;
  }
  return null;
}
