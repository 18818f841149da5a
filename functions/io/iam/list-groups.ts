import { type IAMClient, paginateListGroupsForUser } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';

/** Names of the groups an existing user is in. */
export const listGroups = needs(
  ['iam:ListGroupsForUser'],
  async (iam: IAMClient, user: string): Promise<string[]> => {
    const names: string[] = [];
    for await (const page of paginateListGroupsForUser({ client: iam }, { UserName: user })) {
      if (!page.Groups) throw new Error(`ListGroupsForUser answered without a list for ${user}`);
      names.push(...page.Groups.map(({ GroupName = '' }) => GroupName));
    }
    return names;
  },
);
