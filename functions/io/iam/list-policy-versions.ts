import { type IAMClient, paginateListPolicyVersions } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';

/** Ids of all versions of a managed policy, at most five. */
export const listPolicyVersions = needs(
  ['iam:ListPolicyVersions'],
  async (iam: IAMClient, policyArn: string): Promise<string[]> => {
    const ids: string[] = [];
    for await (const page of paginateListPolicyVersions(
      { client: iam },
      { PolicyArn: policyArn },
    )) {
      if (!page.Versions)
        throw new Error(`ListPolicyVersions answered without a list for ${policyArn}`);
      ids.push(...page.Versions.map(({ VersionId = '' }) => VersionId));
    }
    return ids;
  },
);
