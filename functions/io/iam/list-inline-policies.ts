import { type IAMClient, paginateListUserPolicies } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';

/** Names of an existing user's inline policies. */
export const listInlinePolicies = needs(
  ['iam:ListUserPolicies'],
  async (iam: IAMClient, user: string): Promise<string[]> => {
    const names: string[] = [];
    for await (const page of paginateListUserPolicies({ client: iam }, { UserName: user })) {
      if (!page.PolicyNames)
        throw new Error(`ListUserPolicies answered without a list for ${user}`);
      names.push(...page.PolicyNames);
    }
    return names;
  },
);
