import type { IAMClient } from '@aws-sdk/client-iam';
import { isSameName } from '../../events/names.ts';
import { carriesDenial } from '../domain/rules/force-mfa.ts';
import type { Settings } from '../domain/rules/settings.ts';
import { listOwnPolicies, type OwnPolicy } from '../io/iam-policies.ts';

/**
 * Policies that block as ForceMFA does and are not this deployment's: it was deployed under another name, and no unblock
 * takes them away (docs/runbook.md, Change PolicyName).
 * @throws whatever a failed read throws
 */
export async function foreignPolicies(
  iam: IAMClient,
  { policyArn, boundaryArn }: Pick<Settings, 'policyArn' | 'boundaryArn'>,
): Promise<OwnPolicy[]> {
  const found: OwnPolicy[] = [];
  for await (const policy of listOwnPolicies(iam)) {
    const isOurs = [policyArn, boundaryArn].some((own) => isSameName(own, policy.arn));
    if (!isOurs && policy.attached + policy.asBoundary > 0 && carriesDenial(policy.document)) {
      found.push(policy);
    }
  }
  return found;
}
