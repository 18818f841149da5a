import type { IAMClient } from '@aws-sdk/client-iam';
import { type BlockingPolicy, sameDocument } from '../domain/rules/blocking-policies.ts';
import { getPolicy, getPolicyVersion } from '../io/iam-policies.ts';

/** The state of a managed policy. */
export type PolicyState =
  | { readonly kind: 'intact' | 'changed'; readonly defaultVersionId: string }
  | { readonly kind: 'missing' };

/**
 * Compares a policy's default version with the deployed document. It only reads.
 * @returns intact, changed, or missing
 */
export async function inspectPolicy(iam: IAMClient, policy: BlockingPolicy): Promise<PolicyState> {
  const summary = await getPolicy(iam, policy.arn);
  if (summary === null) return { kind: 'missing' };
  const { defaultVersionId } = summary;
  const document = await getPolicyVersion(iam, policy.arn, defaultVersionId);
  const kind = sameDocument(document, policy.document) ? 'intact' : 'changed';
  return { kind, defaultVersionId };
}
