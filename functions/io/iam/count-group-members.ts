import { type IAMClient, paginateGetGroup } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';
import { whereNoSuchEntity } from './no-such-entity.ts';

/** How many users are in a group; none where there is no such group. */
export const countGroupMembers = needs(
  ['iam:GetGroup'],
  async (iam: IAMClient, group: string): Promise<number> =>
    whereNoSuchEntity(0, async () => {
      let members = 0;
      const pages = paginateGetGroup({ client: iam, pageSize: 1000 }, { GroupName: group });
      for await (const page of pages) {
        if (!page.Users) throw new Error(`GetGroup answered without a list for ${group}`);
        members += page.Users.length;
      }
      return members;
    }),
);
