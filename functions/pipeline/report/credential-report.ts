import type { IAMClient } from '@aws-sdk/client-iam';
import type { Reason } from '../../../events/outcome.ts';
import type { ReportedCredentials, Sources } from '../../../events/report.ts';
import { credentialLines, rowOf } from '../../domain/accounts/credential-report.ts';
import type { UserFacts } from '../../domain/rules/user-facts.ts';
import { generateCredentialReport, getCredentialReport } from '../../io/iam-account.ts';

/** Keys and sign-ins of an account's users, from IAM's credential report. */
export interface CredentialFacts {
  readonly source: Sources['credentialReport'];
  /** Null for a user of whom the report says nothing. */
  credentialsOf(facts: UserFacts): ReportedCredentials | null;
}

export interface HowToReadCredentials {
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly reasonOf: (error: unknown) => Reason;
}

// IAM makes a report within seconds, in large accounts within a minute.
const WAITS = [2_000, 5_000, 10_000, 20_000];

/**
 * Has IAM make the credential report. It does so while the users are read.
 * @returns reads the report. What it throws nowhere: without the report the facts are absent, with the reason
 */
export function beginCredentialReport(
  iam: IAMClient,
  { sleep, reasonOf }: HowToReadCredentials,
): () => Promise<CredentialFacts> {
  const begun = generateCredentialReport(iam).then(
    () => null,
    (error: unknown) => ({ error }),
  );
  return async () => {
    try {
      const failed = await begun;
      if (failed !== null) throw failed.error;
      for (const wait of [0, ...WAITS]) {
        if (wait > 0) await sleep(wait);
        const report = await getCredentialReport(iam);
        if (report === null) continue;
        const lines = credentialLines(report.csv);
        return {
          source: { status: 'read', generatedAt: report.generatedAt.toISOString() },
          credentialsOf: (facts) => rowOf(lines, facts)?.credentials ?? null,
        };
      }
      return noCredentials({
        code: 'not-ready',
        text: 'IAM has not finished the credential report. Run the command again in a minute',
      });
    } catch (error) {
      return noCredentials(reasonOf(error));
    }
  };
}

/** No facts, and why. */
export function noCredentials(problem: Reason): CredentialFacts {
  return { source: { status: 'not-read', problem }, credentialsOf: () => null };
}
