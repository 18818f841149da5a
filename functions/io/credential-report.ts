import {
  CredentialReportNotReadyException,
  GenerateCredentialReportCommand,
  GetCredentialReportCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { needs } from './needs.ts';

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

/** The account's credential report as CSV, up to four hours old; or null while IAM still makes it. */
export const getCredentialReport = needs(
  ['iam:GetCredentialReport'],
  async (iam: IAMClient): Promise<string | null> => {
    try {
      const { Content } = await iam.send(new GetCredentialReportCommand({}));
      if (!Content) throw new Error('GetCredentialReport answered without the report');
      return new TextDecoder().decode(Content);
    } catch (error) {
      if (error instanceof CredentialReportNotReadyException) return null;
      throw error;
    }
  },
);
