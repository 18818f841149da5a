import { type IAMClient, paginateGetGroup } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';
import { whereNoSuchEntity } from './no-such-entity.ts';

/** The names of the users in a group; none where there is no such group. */
export const listGroupMembers = needs(
  ['iam:GetGroup'],
  async (iam: IAMClient, group: string): Promise<string[]> =>
    whereNoSuchEntity([], async () => {
      const members: string[] = [];
      const pages = paginateGetGroup({ client: iam, pageSize: 1000 }, { GroupName: group });
      for await (const page of pages) {
        if (!page.Users) throw new Error(`GetGroup answered without a list for ${group}`);
        for (const { UserName } of page.Users) {
          if (!UserName)
            throw new Error(`GetGroup answered with a user without a name for ${group}`);
          members.push(UserName);
        }
      }
      return members;
    }),
);
