import {
  ListAccountsForParentCommand,
  type OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { needs } from '../needs.ts';

/** The ids of the accounts right below a root or a unit. A page may be empty with more to come (API reference). */
export const listAccountsBelow = needs(
  ['organizations:ListAccountsForParent'],
  async (organizations: OrganizationsClient, parent: string): Promise<string[]> => {
    const ids: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await organizations.send(
        new ListAccountsForParentCommand({ ParentId: parent, NextToken }),
      );
      ids.push(...(page.Accounts ?? []).map(({ Id }) => Id ?? ''));
      NextToken = page.NextToken;
    } while (NextToken);
    return ids;
  },
);
