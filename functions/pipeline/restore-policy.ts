import type { IAMClient } from '@aws-sdk/client-iam';
import { type GuardedPolicy, sameDocument } from '../domain/rules/guarded-policies.ts';
import { getPolicyVersion, listPolicyVersions } from '../io/iam-policies.ts';
import { setDefaultVersion } from '../io/iam-writes.ts';

/**
 * Makes the good version of a changed policy the default again, where it still exists.
 * @returns the version's id, or null where there is none any more
 */
export async function restorePolicy(iam: IAMClient, policy: GuardedPolicy): Promise<string | null> {
  for (const versionId of await listPolicyVersions(iam, policy.arn)) {
    const document = await getPolicyVersion(iam, policy.arn, versionId);
    if (!sameDocument(document, policy.document)) continue;
    await setDefaultVersion(iam, policy.arn, versionId);
    return versionId;
  }
  return null;
}
