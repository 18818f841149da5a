import { type IAMClient, paginateListRolePolicies } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';
import { whereNoSuchEntity } from './no-such-entity.ts';

/** Names of a role's inline policies, or null where the role does not exist. */
export const listRolePolicies = needs(
  ['iam:ListRolePolicies'],
  async (iam: IAMClient, role: string): Promise<string[] | null> =>
    whereNoSuchEntity(null, async () => {
      const names: string[] = [];
      for await (const page of paginateListRolePolicies({ client: iam }, { RoleName: role })) {
        if (!page.PolicyNames)
          throw new Error(`ListRolePolicies answered without a list for ${role}`);
        names.push(...page.PolicyNames);
      }
      return names;
    }),
);
