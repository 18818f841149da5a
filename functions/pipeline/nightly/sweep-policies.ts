import type { IAMClient } from '@aws-sdk/client-iam';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Cause } from '../../../events/cause.ts';
import type { Outcome } from '../../../events/outcome.ts';
import type { PolicyCheck } from '../../../events/review-request.ts';
import { DENY_GROUP_DIFFERS } from '../../../events/tampering.ts';
import { guardedPolicies, sameDocument } from '../../domain/guarded-policies.ts';
import { tamperingOutcome } from '../../domain/outcomes.ts';
import type { Settings } from '../../domain/settings.ts';
import { getGroupPolicy } from '../../io/iam/get-group-policy.ts';
import { sendMessages } from '../../io/send-messages.ts';
import { inspectPolicy } from '../inspect-policy.ts';

export interface PolicySweeper {
  readonly iam: IAMClient;
  readonly sqs: SQSClient;
  /** The queue of IAM changes. */
  readonly queueUrl: string;
  readonly settings: Settings;
  readonly now: () => Date;
}

/**
 * Compares our policies and the deny group with what was deployed. A policy that differs goes to review, which may put
 * it back.
 * @returns what is to be told
 */
export async function sweepPolicies(sweeper: PolicySweeper, cause: Cause): Promise<Outcome[]> {
  const { iam, sqs, queueUrl, settings } = sweeper;
  const bodies: string[] = [];
  for (const policy of guardedPolicies(settings)) {
    const state = await inspectPolicy(iam, policy);
    if (state.kind === 'intact') continue;
    const check: PolicyCheck = {
      schema: 'mfa-enforcer/policy-check/1',
      account: settings.account,
      policyArn: policy.arn,
      cause,
    };
    bodies.push(JSON.stringify(check));
  }
  await sendMessages(sqs, queueUrl, bodies);
  return lookAtGroup(sweeper, cause);
}

/** The deny group's own copy of the document cannot be put back (that right could not be pinned), so it is told. */
async function lookAtGroup(
  { iam, settings, now }: PolicySweeper,
  cause: Cause,
): Promise<Outcome[]> {
  const { denyGroup } = settings;
  const [policy] = guardedPolicies(settings);
  // The group's inline policy is named like the group.
  const document = await getGroupPolicy(iam, denyGroup, denyGroup);
  if (sameDocument(document, policy?.document)) return [];
  const seen = { what: DENY_GROUP_DIFFERS, resource: denyGroup, cause };
  return [tamperingOutcome(seen, settings, now())];
}
