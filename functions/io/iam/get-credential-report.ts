import {
  CredentialReportNotReadyException,
  GetCredentialReportCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';

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
