import { type IAMClient, paginateListEntitiesForPolicy } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';
import { whereNoSuchEntity } from './no-such-entity.ts';

/**
 * The names of the users who have a managed policy attached, or for a permissions boundary.
 * @returns null where there is no such policy
 */
export const listUsersWithPolicy = needs(
  ['iam:ListEntitiesForPolicy'],
  async (
    iam: IAMClient,
    policyArn: string,
    usage: 'PermissionsPolicy' | 'PermissionsBoundary',
  ): Promise<string[] | null> =>
    whereNoSuchEntity(null, async () => {
      const users: string[] = [];
      const pages = paginateListEntitiesForPolicy(
        { client: iam, pageSize: 1000 },
        { PolicyArn: policyArn, EntityFilter: 'User', PolicyUsageFilter: usage },
      );
      for await (const page of pages) {
        if (!page.PolicyUsers) {
          throw new Error(`ListEntitiesForPolicy answered without a list for ${policyArn}`);
        }
        for (const { UserName } of page.PolicyUsers) {
          if (!UserName) {
            throw new Error(
              `ListEntitiesForPolicy answered with a user without a name for ${policyArn}`,
            );
          }
          users.push(UserName);
        }
      }
      return users;
    }),
);
