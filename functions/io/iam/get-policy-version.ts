import { GetPolicyVersionCommand, type IAMClient } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';

/** The document of one version of a managed policy, parsed. IAM gives it URL-encoded (RFC 3986). */
export const getPolicyVersion = needs(
  ['iam:GetPolicyVersion'],
  async (iam: IAMClient, policyArn: string, versionId: string): Promise<unknown> => {
    const { PolicyVersion } = await iam.send(
      new GetPolicyVersionCommand({ PolicyArn: policyArn, VersionId: versionId }),
    );
    if (!PolicyVersion?.Document) {
      throw new Error(
        `GetPolicyVersion answered without the document of ${policyArn} ${versionId}`,
      );
    }
    return JSON.parse(decodeURIComponent(PolicyVersion.Document)) as unknown;
  },
);
