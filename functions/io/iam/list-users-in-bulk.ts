import {
  type IAMClient,
  paginateGetAccountAuthorizationDetails,
  type UserDetail,
} from '@aws-sdk/client-iam';
import type { RungTraces } from '../../domain/rungs.ts';
import type { Profile } from '../../domain/user-facts.ts';
import { needs } from '../needs.ts';
import { tagRecord } from './tag-record.ts';

/** A user as the bulk reading shows one. */
export interface BulkUser {
  readonly user: string;
  readonly profile: Profile;
  readonly traces: Omit<RungTraces, 'inlineDocument'> & { readonly groups: readonly string[] };
  /** Inline policies by name: a parsed document each. */
  readonly inline: ReadonlyMap<string, unknown>;
}

/**
 * Every user of the account with tags, boundary, attached and inline policies and groups, page by page: one
 * call for each 1,000 users. Says nothing of MFA devices or passwords.
 */
export const listUsersInBulk = needs(
  ['iam:GetAccountAuthorizationDetails'],
  async function* (iam: IAMClient): AsyncGenerator<BulkUser> {
    const pages = paginateGetAccountAuthorizationDetails(
      { client: iam, pageSize: 1000 },
      { Filter: ['User'] },
    );
    for await (const page of pages) {
      if (!page.UserDetailList) {
        throw new Error('GetAccountAuthorizationDetails answered without a list of users');
      }
      yield* page.UserDetailList.map(bulkUser);
    }
  },
);

function bulkUser(user: UserDetail): BulkUser {
  if (!user.UserName || !user.Arn || !user.AttachedManagedPolicies) {
    throw new Error('GetAccountAuthorizationDetails answered an incomplete user');
  }
  const boundary = user.PermissionsBoundary?.PermissionsBoundaryArn ?? null;
  return {
    user: user.UserName,
    profile: { arn: user.Arn, tags: tagRecord(user.Tags), boundary, createdAt: user.CreateDate },
    traces: {
      policies: user.AttachedManagedPolicies.map(({ PolicyArn = '' }) => PolicyArn),
      groups: user.GroupList ?? [],
      boundary,
    },
    inline: new Map(
      (user.UserPolicyList ?? []).map(({ PolicyName = '', PolicyDocument }) => [
        PolicyName,
        PolicyDocument ? (JSON.parse(decodeURIComponent(PolicyDocument)) as unknown) : null,
      ]),
    ),
  };
}
