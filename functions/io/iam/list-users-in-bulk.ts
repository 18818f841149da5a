import {
  type IAMClient,
  paginateGetAccountAuthorizationDetails,
  type UserDetail,
} from '@aws-sdk/client-iam';
import { isSameName } from '../../../events/names.ts';
import type { RungTraces } from '../../domain/rungs.ts';
import type { Profile } from '../../domain/user-facts.ts';
import { needs } from '../needs.ts';
import { tagRecord } from './tag-record.ts';

/** A user as the bulk reading shows one. */
export interface BulkUser {
  readonly user: string;
  readonly profile: Profile;
  readonly traces: RungTraces & { readonly groups: readonly string[] };
}

export interface BulkPage {
  /** Where the page begins: IAM's marker, or null for the first. */
  readonly marker: string | null;
  readonly users: readonly BulkUser[];
}

/**
 * Every user of the account with tags, boundary, attached policies, groups and one inline policy, page by page: one
 * call for each 1,000 users. Says nothing of MFA devices or passwords.
 * @param inlinePolicy the name of the inline policy whose document is read
 * @param from the marker of the page to begin with, or null
 */
export const listUsersInBulk = needs(
  ['iam:GetAccountAuthorizationDetails'],
  async function* (
    iam: IAMClient,
    inlinePolicy: string,
    from: string | null = null,
  ): AsyncGenerator<BulkPage> {
    const pages = paginateGetAccountAuthorizationDetails(
      { client: iam, pageSize: 1000, ...(from === null ? {} : { startingToken: from }) },
      { Filter: ['User'] },
    );
    let marker = from;
    for await (const { UserDetailList: list, Marker: next } of pages) {
      if (!list) {
        throw new Error('GetAccountAuthorizationDetails answered without a list of users');
      }
      yield { marker, users: list.map((user) => bulkUser(user, inlinePolicy)) };
      marker = next ?? null;
    }
  },
);

function bulkUser(user: UserDetail, inlinePolicy: string): BulkUser {
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
      inlineDocument: inlineDocument(user, inlinePolicy),
    },
  };
}

/** The document of an inline policy, parsed (IAM gives it URL-encoded), or null where the user has none of that name. */
function inlineDocument({ UserPolicyList = [] }: UserDetail, name: string): unknown {
  const ours = UserPolicyList.find(({ PolicyName = '' }) => isSameName(PolicyName, name));
  const document = ours?.PolicyDocument;
  return document ? (JSON.parse(decodeURIComponent(document)) as unknown) : null;
}
