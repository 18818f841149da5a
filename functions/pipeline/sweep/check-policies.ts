import type { IAMClient } from '@aws-sdk/client-iam';
import type { Cause } from '../../../events/cause.ts';
import { isSameName } from '../../../events/names.ts';
import type { FailedPart, Outcome } from '../../../events/outcome.ts';
import type { PolicyCheck } from '../../../events/requests.ts';
import { DENY_GROUP_DIFFERS } from '../../../events/tampering.ts';
import { policyOutcome, tamperingOutcome } from '../../domain/outcomes/outcomes.ts';
import {
  type BlockingPolicy,
  blockingPolicies,
  sameDocument,
} from '../../domain/rules/blocking-policies.ts';
import { carriesDenial } from '../../domain/rules/force-mfa.ts';
import type { Settings } from '../../domain/rules/settings.ts';
import { getGroupPolicy, listOwnPolicies, type OwnPolicy } from '../../io/iam-policies.ts';
import { sendMessages } from '../../io/sqs.ts';
import { inspectPolicy } from '../inspect-policy.ts';
import type { SweepDeps } from './sweep-deps.ts';

/** What a listing of the account's own managed policies shows. */
interface ListedPolicies {
  /** The ARNs of the blocking policies that are as deployed. */
  readonly intact: ReadonlySet<string>;
  /**
   * Policies with the statement of ForceMFA that do not belong to this deployment. They remain of another PolicyName, and no
   * unblock removes them (docs/runbook.md, Change PolicyName).
   */
  readonly foreign: readonly OwnPolicy[];
}

/** @throws the error of a failed read */
export async function listPolicies(iam: IAMClient, settings: Settings): Promise<ListedPolicies> {
  const ours = blockingPolicies(settings);
  const intact = new Set<string>();
  const foreign: OwnPolicy[] = [];
  for await (const policy of listOwnPolicies(iam)) {
    const own = ours.find(({ arn }) => isSameName(arn, policy.arn));
    if (own !== undefined) {
      if (sameDocument(policy.document, own.document)) intact.add(own.arn);
    } else if (policy.attached + policy.asBoundary > 0 && carriesDenial(policy.document)) {
      foreign.push(policy);
    }
  }
  return { intact, foreign };
}

/** The result of a sweep's policy checks. */
interface PoliciesSwept {
  readonly outcomes: readonly Outcome[];
  readonly failedParts: readonly FailedPart[];
}

/**
 * Compares the blocking policies and the deny group with the deployed documents, and finds policies of an old PolicyName. A
 * changed policy goes to review, which may restore it. Each check fails alone.
 */
export async function sweepPolicies(deps: SweepDeps, cause: Cause): Promise<PoliciesSwept> {
  const { iam, settings } = deps;
  const failedParts: FailedPart[] = [];
  const outcomes: Outcome[] = [];
  let intact: ReadonlySet<string> = new Set();
  try {
    const listed = await listPolicies(iam, settings);
    intact = listed.intact;
    outcomes.push(...listed.foreign.map((policy) => foreignOutcome(deps, policy, cause)));
  } catch (error) {
    failedParts.push(failedPart('foreign-policies', error));
  }
  for (const policy of blockingPolicies(settings).filter(({ arn }) => !intact.has(arn))) {
    try {
      await checkPolicy(deps, policy, cause);
    } catch (error) {
      failedParts.push(failedPart('policies', error));
    }
  }
  try {
    outcomes.push(...(await lookAtGroup(deps, cause)));
  } catch (error) {
    failedParts.push(failedPart('deny-group', error));
  }
  return { outcomes, failedParts };
}

/** A part of a sweep that failed. */
export function failedPart(part: FailedPart['part'], error: unknown): FailedPart {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { part, why: `${name}: ${message}` };
}

/** Reads a policy that the listing does not show as deployed. */
async function checkPolicy(
  { iam, sqs, queueUrl, settings }: SweepDeps,
  policy: BlockingPolicy,
  cause: Cause,
): Promise<void> {
  const { kind } = await inspectPolicy(iam, policy);
  if (kind === 'intact') return;
  const check: PolicyCheck = {
    schema: 'mfa-enforcer/policy-check/1',
    account: settings.account,
    policyArn: policy.arn,
    cause,
  };
  await sendMessages(sqs, queueUrl, [JSON.stringify(check)]);
}

/** The enforcer cannot restore the deny group's document, because IAM cannot restrict that permission. It is reported. */
async function lookAtGroup({ iam, settings, now }: SweepDeps, cause: Cause): Promise<Outcome[]> {
  const { denyGroup } = settings;
  const [policy] = blockingPolicies(settings);
  // The group's inline policy has the name of the group.
  const document = await getGroupPolicy(iam, denyGroup, denyGroup);
  if (sameDocument(document, policy?.document)) return [];
  const seen = { what: DENY_GROUP_DIFFERS, resource: denyGroup, cause };
  return [tamperingOutcome(seen, settings, now())];
}

/** Users of foreign policies stay blocked, because the enforcer has no permission to detach them. */
function foreignOutcome(
  { settings, now }: SweepDeps,
  { arn, attached }: OwnPolicy,
  cause: Cause,
): Outcome {
  const policy = { arn, form: attached > 0 ? 'policy' : 'boundary' } as const;
  const what = { policy, state: 'foreign', versionId: null } as const;
  return policyOutcome({ ...what, cause, settings, now: now() });
}
