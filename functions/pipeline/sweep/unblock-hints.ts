import type { IAMClient } from '@aws-sdk/client-iam';
import { hintedUsers } from '../../domain/accounts/credential-report.ts';
import type { Settings } from '../../domain/rules/settings.ts';
import { generateCredentialReport, getCredentialReport } from '../../io/iam-account.ts';
import type { SweepDeps } from './sweep-deps.ts';

/** Waits for IAM's report, in ms, between one request and the next. */
const WAITS = [5_000, 20_000, 60_000];

/**
 * Which blocked users to read: those who may have to be unblocked because their event was lost. An old hint costs one call,
 * or delays the unblock by a few hours. No user is blocked or unblocked by a hint.
 * @param onNoReport called with the error if there is no credential report because of an error
 * @returns whether to read a user, by name; true for all users without a report
 */
export function unblockHints(
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
