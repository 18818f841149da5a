import type { IAMClient } from '@aws-sdk/client-iam';
import { isByCloudFormation } from '../../../events/cause.ts';
import type { PolicyChange } from '../../../events/message.ts';
import { isSameName } from '../../../events/names.ts';
import type { Outcome } from '../../../events/outcome.ts';
import { policyOutcome } from '../../domain/outcomes/outcomes.ts';
import { isFresh } from '../../domain/review/stale-reads.ts';
import { isOurs } from '../../domain/review/tasks.ts';
import {
  type BlockingPolicy,
  blockingPolicies,
  sameDocument,
} from '../../domain/rules/blocking-policies.ts';
import { getPolicyVersion, listPolicyVersions } from '../../io/iam-policies.ts';
import { setDefaultVersion } from '../../io/iam-writes.ts';
import { inspectPolicy, type PolicyState } from '../inspect-policy.ts';
import type { Deadline } from './deadline.ts';
import type { ReviewDeps } from './review-deps.ts';

export type PolicyReview =
  | { readonly kind: 'stale' }
  | { readonly kind: 'reviewed'; readonly outcomes: readonly Outcome[] };

/**
 * Checks a blocking policy after a change, or after a sweep found it changed. If the deployed version still exists, it
 * becomes the default again. The outcome names the actor of the change.
 * @returns stale if IAM does not show the change yet
 * @throws the error of a failed read or write
 */
export async function reviewPolicy(
  { iam, settings, now }: ReviewDeps,
  change: PolicyChange,
  deadline: Deadline,
): Promise<PolicyReview> {
  const policy = blockingPolicies(settings).find(({ arn }) => isSameName(arn, change.policyArn));
  if (policy === undefined) return { kind: 'reviewed', outcomes: [] };

  const found = await inspectPolicy(iam, policy);
  const { cause } = change;
  const isFreshEvent = cause.kind === 'event' && isFresh(new Date(cause.eventTime), now());
  if (isFreshEvent && !showsChange(found, change)) return { kind: 'stale' };
  // A deployment updates the policy and the function with its document one after the other.
  if (isFreshEvent && found.kind === 'changed' && isByCloudFormation(cause)) {
    return { kind: 'stale' };
  }
  const outcome = (
    state: 'intact' | 'restored' | 'changed' | 'missing',
    versionId: string | null,
  ) => policyOutcome({ policy, state, versionId, cause, settings, now: now() });

  switch (found.kind) {
    case 'intact': {
      // A deployment may change the document (EnrolWith). The policy is intact when the function has the new document, too.
      const quiet =
        cause.kind === 'sweep' || isOurs(cause, settings.enforcerRole) || isByCloudFormation(cause);
      const { defaultVersionId: version } = found;
      return { kind: 'reviewed', outcomes: quiet ? [] : [outcome('intact', version)] };
    }
    case 'missing':
      return { kind: 'reviewed', outcomes: [outcome('missing', null)] };
    case 'changed': {
      const client = deadline.limit(iam);
      const restored = settings.mode === 'enforce' ? await restorePolicy(client, policy) : null;
      return {
        kind: 'reviewed',
        outcomes: [outcome(restored === null ? 'changed' : 'restored', restored)],
      };
    }
    default:
      return found satisfies never;
  }
}

function showsChange(found: PolicyState, { defaultVersionId, deleted }: PolicyChange): boolean {
  if (deleted) return found.kind === 'missing';
  if (defaultVersionId === null) return true;
  return found.kind !== 'missing' && found.defaultVersionId === defaultVersionId;
}

/**
 * Makes the deployed version of a changed policy the default again, if it still exists.
 * @returns the version's ID, or null if it no longer exists
 */
async function restorePolicy(iam: IAMClient, policy: BlockingPolicy): Promise<string | null> {
  for (const versionId of await listPolicyVersions(iam, policy.arn)) {
    const document = await getPolicyVersion(iam, policy.arn, versionId);
    if (!sameDocument(document, policy.document)) continue;
    await setDefaultVersion(iam, policy.arn, versionId);
    return versionId;
  }
  return null;
}
