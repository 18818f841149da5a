import type { IAMClient } from '@aws-sdk/client-iam';
import type { Reason } from '../../../events/outcome.ts';
import type { Plan, PlannedBlock } from '../../../events/plan.ts';
import type { ReportedSshKey } from '../../../events/report.ts';
import { otherCredentials } from '../../domain/rules/other-credentials.ts';
import type { Settings } from '../../domain/rules/settings.ts';
import type { UserFacts } from '../../domain/rules/user-facts.ts';
import { readEnrolmentProblem } from '../enrolment.ts';
import type { UserRead } from '../review/read-user.ts';
import { type HowToReadCredentials, readCredentialReport } from './credential-report.ts';
import { readServiceCredentials, SshKeyReader } from './other-credentials.ts';

/** What a plan says of a user who would be blocked, and can do without. */
export type BlockDetails = Pick<PlannedBlock, 'otherCredentials' | 'enrolmentProblem'>;

interface Details {
  readonly sources: NonNullable<Plan['sources']>;
  of(facts: UserFacts): BlockDetails;
}

export type ReadDetails = (
  iam: IAMClient,
  settings: Settings,
  toBlock: readonly UserRead[],
) => Promise<Details>;

/** Reads the credentials of users beside password and access keys, and whether they could enrol. What cannot be read is named in `sources`. */
export function readingDetails(how: HowToReadCredentials): ReadDetails {
  return async (iam, settings, toBlock) => {
    const reading = readCredentialReport(iam, how);
    const serviceCredentials = await readServiceCredentials(iam, how.reasonOf);
    const sshKeyReader = new SshKeyReader(iam, how.reasonOf);
    const sshKeys = new Map<string, ReportedSshKey[] | null>();
    const problems = new Map<string, Reason | null>();
    for (const { facts } of toBlock) {
      sshKeys.set(facts.user, await sshKeyReader.read(facts.user));
      problems.set(facts.user, await readEnrolmentProblem(iam, settings, facts, how.reasonOf));
    }
    const credentials = await reading;
    return {
      sources: {
        credentialReport: credentials.source,
        serviceCredentials: serviceCredentials.source,
        sshKeys: sshKeyReader.source,
      },
      of: (facts) => ({
        enrolmentProblem: problems.get(facts.user) ?? null,
        otherCredentials: otherCredentials({
          serviceCredentials: serviceCredentials.of(facts.user),
          sshKeys: sshKeys.get(facts.user) ?? null,
          signingCertificates: credentials.lineOf(facts)?.credentials.signingCertificates ?? null,
        }),
      }),
    };
  };
}
