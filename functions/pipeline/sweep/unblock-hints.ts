import { setTimeout as realSleep } from 'node:timers/promises';
import type { IAMClient } from '@aws-sdk/client-iam';
import { hintedUsers } from '../../domain/accounts/credential-report.ts';
import type { Settings } from '../../domain/rules/settings.ts';
import { generateCredentialReport, getCredentialReport } from '../../io/credential-report.ts';
import type { Log } from '../../runtime/log.ts';

/** How long IAM is given to make the report, in ms, between one look and the next. */
const WAITS = [5_000, 20_000, 60_000];

export interface HintReader {
  readonly iam: IAMClient;
  readonly settings: Settings;
  readonly log: Log;
  /** Takes why there is no credential report, where an error is why. */
  readonly onNoReport?: (error: unknown) => void;
  /** Waits so many ms; real time where nobody says. */
  readonly sleep?: (ms: number) => Promise<unknown>;
  /** Gives memory back that is no longer in use. */
  readonly collectGarbage?: () => void;
}

/**
 * Whom of the blocked users to ask about: those who may have to be unblocked, because the event of it was lost. A hint that
 * is old costs a call, or the user a few hours more; nobody is blocked or unblocked by it.
 * @returns tells of a user's name whether to ask; of everyone's where there is no report
 */
export function unblockHints(reader: HintReader): (user: string) => Promise<boolean> {
  let hints: Promise<ReadonlySet<string> | null> | undefined;
  return async (user) => {
    hints ??= readHints(reader);
    const hinted = await hints;
    return hinted === null || hinted.has(user);
  };
}

function passwordMatters({ scope, exemptPassword }: Settings): boolean {
  return scope === 'console-users' || exemptPassword === 'ends-exemption';
}

async function readHints(reader: HintReader): Promise<ReadonlySet<string> | null> {
  const { iam, settings, log, onNoReport, sleep = realSleep, collectGarbage } = reader;
  try {
    collectGarbage?.();
    const csv = await readReport(iam, sleep);
    collectGarbage?.();
    if (csv !== null) return hintedUsers(csv, { password: passwordMatters(settings) });
    log.warn('IAM has not made the credential report: every blocked user is asked about');
  } catch (error) {
    log.warn('no credential report: every blocked user is asked about', { error: error as Error });
    onNoReport?.(error);
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
