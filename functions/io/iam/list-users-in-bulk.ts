import { type IAMClient, paginateGetAccountAuthorizationDetails } from '@aws-sdk/client-iam';
import type { UserFacts } from '../../domain/user-facts.ts';
import { needs } from '../needs.ts';
import { tagRecord } from './tag-record.ts';

/**
 * Every user of the account with tags and attached policies, page by page: one call for each 1,000 users.
 * Says nothing of MFA devices or passwords.
 */
export const listUsersInBulk = needs(
  ['iam:GetAccountAuthorizationDetails'],
  async function* (
    iam: IAMClient,
  ): AsyncGenerator<UserFacts & { readonly policies: readonly string[] }> {
    const pages = paginateGetAccountAuthorizationDetails(
      { client: iam, pageSize: 1000 },
      { Filter: ['User'] },
    );
    for await (const page of pages) {
      if (!page.UserDetailList) {
        throw new Error('GetAccountAuthorizationDetails answered without a list of users');
      }
      for (const user of page.UserDetailList) {
        if (!user.UserName || !user.Arn || !user.AttachedManagedPolicies) {
          throw new Error('GetAccountAuthorizationDetails answered an incomplete user');
        }
        yield {
          user: user.UserName,
          profile: { arn: user.Arn, tags: tagRecord(user.Tags) },
          policies: user.AttachedManagedPolicies.map(({ PolicyArn = '' }) => PolicyArn),
        };
      }
    }
  },
);
