import { type IAMClient, SetDefaultPolicyVersionCommand } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';

/** Makes an existing version of a managed policy its default. It can only choose among versions that exist. */
export const setDefaultVersion = needs(
  ['iam:SetDefaultPolicyVersion'],
  async (iam: IAMClient, policyArn: string, versionId: string): Promise<void> => {
    await iam.send(
      new SetDefaultPolicyVersionCommand({ PolicyArn: policyArn, VersionId: versionId }),
    );
  },
);
