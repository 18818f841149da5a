import type { IAMClient } from '@aws-sdk/client-iam';
import type { Reason } from '../../../events/outcome.ts';
import type { Sources } from '../../../events/report.ts';
import {
  type CredentialLine,
  credentialLines,
  rowOf,
} from '../../domain/accounts/credential-report.ts';
import type { UserFacts } from '../../domain/rules/user-facts.ts';
import { generateCredentialReport, getCredentialReport } from '../../io/iam-account.ts';

/** IAM's credential report of an account's users. */
export interface CredentialFacts {
  readonly source: Sources['credentialReport'];
  /** Null for a user of whom the report says nothing. */
  lineOf(facts: UserFacts): CredentialLine | null;
}

export interface HowToReadCredentials {
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly reasonOf: (error: unknown) => Reason;
}

// IAM makes a report within seconds, in large accounts within a minute.
const WAITS = [2_000, 5_000, 10_000, 20_000];
/** A monitor's poll has a time limit. Where IAM takes longer, the poll reads live, and the next one has the report. */
export const WAITS_OF_MONITOR = WAITS.slice(0, 2);

/**
 * Has IAM make the credential report, unless one younger than four hours is there, and reads it.
 * @param waits before each further request for a report that IAM still makes, in ms
 * @returns without the report its facts are absent, with the reason: it throws nothing
 */
export async function readCredentialReport(
  iam: IAMClient,
  { sleep, reasonOf }: HowToReadCredentials,
  waits: readonly number[] = WAITS,
): Promise<CredentialFacts> {
  try {
    await generateCredentialReport(iam);
    for (const wait of [0, ...waits]) {
      if (wait > 0) await sleep(wait);
      const report = await getCredentialReport(iam);
      if (report === null) continue;
      const lines = credentialLines(report.csv);
      return {
        source: { status: 'read', generatedAt: report.generatedAt.toISOString() },
        lineOf: (facts) => rowOf(lines, facts),
      };
    }
    return noCredentials({
      code: 'not-ready',
      text: 'IAM has not finished the credential report. Run the command again in a minute',
    });
  } catch (error) {
    return noCredentials(reasonOf(error));
  }
}

/** No facts, and why. */
function noCredentials(problem: Reason): CredentialFacts {
  return { source: { status: 'not-read', problem }, lineOf: () => null };
}
