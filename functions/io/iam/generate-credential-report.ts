import { GenerateCredentialReportCommand, type IAMClient } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';

/**
 * Has IAM make the account's credential report, unless one younger than four hours is there (IAM User Guide, "Getting
 * credential reports"). Changes nothing else.
 * @returns whether the report can be had at once
 */
export const generateCredentialReport = needs(
  ['iam:GenerateCredentialReport'],
  async (iam: IAMClient): Promise<boolean> => {
    const { State } = await iam.send(new GenerateCredentialReportCommand({}));
    return State === 'COMPLETE';
  },
);
