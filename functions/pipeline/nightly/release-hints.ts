import { setTimeout as realSleep } from 'node:timers/promises';
import type { IAMClient } from '@aws-sdk/client-iam';
import { type CredentialHint, credentialHints } from '../../domain/credential-report.ts';
import type { Settings } from '../../domain/settings.ts';
import { generateCredentialReport } from '../../io/iam/generate-credential-report.ts';
import { getCredentialReport } from '../../io/iam/get-credential-report.ts';
import type { Log } from '../../setup/log.ts';

/** How long IAM is given to make the report, in ms, between one look and the next. */
const WAITS = [5_000, 20_000, 60_000];

export interface HintReader {
  readonly iam: IAMClient;
  readonly settings: Settings;
  readonly log: Log;
  /** Waits so many ms; real time where nobody says. */
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/**
 * Whom of the held users to ask about: those who may have to be let go, because the event of it was lost. A hint that
 * is old costs a call, or the user a few hours more; nobody is held or let go by it.
 * @returns tells of a user's name whether to ask; of everyone's where there is no report
 */
export function releaseHints(reader: HintReader): (user: string) => Promise<boolean> {
  let hints: Promise<ReadonlyMap<string, CredentialHint> | null> | undefined;
  return async (user) => {
    hints ??= readHints(reader);
    const known = await hints;
    if (known === null) return true;
    const hint = known.get(user);
    // Younger than the report: the events have only just told of this user.
    if (hint === undefined) return false;
    return hint.mfaActive || (passwordMatters(reader.settings) && !hint.hasPassword);
  };
}

function passwordMatters({ scope, exemptPassword }: Settings): boolean {
  return scope === 'console-users' || exemptPassword === 'ends-exemption';
}

async function readHints({ iam, log, sleep = realSleep }: HintReader) {
  try {
    const csv = await readReport(iam, sleep);
    if (csv !== null) return credentialHints(csv);
    log.warn('IAM has not made the credential report: every held user is asked about');
  } catch (error) {
    log.warn('no credential report: every held user is asked about', { error: error as Error });
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
