import { ListRootsCommand, type OrganizationsClient } from '@aws-sdk/client-organizations';
import { needs } from '../needs.ts';

/** The ids of the organization's roots: "r-…". There is one today (Organizations API reference). */
export const listRoots = needs(
  ['organizations:ListRoots'],
  async (organizations: OrganizationsClient): Promise<string[]> => {
    const ids: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await organizations.send(new ListRootsCommand({ NextToken }));
      ids.push(...(page.Roots ?? []).map(({ Id }) => Id ?? ''));
      NextToken = page.NextToken;
    } while (NextToken);
    return ids;
  },
);
