import {
  type IAMClient,
  type ManagedPolicyDetail,
  paginateGetAccountAuthorizationDetails,
} from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';

/** One of the account's own managed policies. */
export interface OwnPolicy {
  readonly arn: string;
  /** How many users, groups and roles it is attached to. */
  readonly attached: number;
  /** How many users and roles have it as their boundary. */
  readonly asBoundary: number;
  /** Its default version, parsed. IAM gives it URL-encoded (RFC 3986). */
  readonly document: unknown;
}

/** Every managed policy of the account's own, with its document: one call for each 100, since each brings all its versions. */
export const listOwnPolicies = needs(
  ['iam:GetAccountAuthorizationDetails'],
  async function* (iam: IAMClient): AsyncGenerator<OwnPolicy> {
    const pages = paginateGetAccountAuthorizationDetails(
      { client: iam, pageSize: 100 },
      { Filter: ['LocalManagedPolicy'] },
    );
    for await (const { Policies: list } of pages) {
      if (!list) {
        throw new Error('GetAccountAuthorizationDetails answered without a list of policies');
      }
      yield* list.map(ownPolicy);
    }
  },
);

function ownPolicy(policy: ManagedPolicyDetail): OwnPolicy {
  const { Document } = policy.PolicyVersionList?.find((one) => one.IsDefaultVersion) ?? {};
  if (!policy.Arn || !Document) {
    throw new Error('GetAccountAuthorizationDetails answered an incomplete policy');
  }
  return {
    arn: policy.Arn,
    attached: policy.AttachmentCount ?? 0,
    asBoundary: policy.PermissionsBoundaryUsageCount ?? 0,
    document: JSON.parse(decodeURIComponent(Document)) as unknown,
  };
}
