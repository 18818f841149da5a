import type { IAMClient } from '@aws-sdk/client-iam';
import { isSameName } from '../../events/names.ts';
import type { Reason } from '../../events/outcome.ts';
import { partitionOfArn } from '../domain/rules/blocking-policies.ts';
import { enrolmentCalls, enrolmentProblem, notChecked } from '../domain/rules/enrolment.ts';
import { forceMfaPolicy } from '../domain/rules/force-mfa.ts';
import type { Settings } from '../domain/rules/settings.ts';
import type { UserFacts } from '../domain/rules/user-facts.ts';
import { simulateUserCalls } from '../io/iam-policies.ts';

/**
 * Why a user who is blocked, or would be, cannot enrol. It asks IAM's policy simulator, with one call, and only for a user with a
 * permissions boundary that is not the enforcer's own.
 * @param signal ends the call, which is then one that failed
 * @returns null where nothing is known to hinder the user; a reason, too, where the simulator fails
 */
export async function readEnrolmentProblem(
  iam: IAMClient,
  settings: Settings,
  { profile }: UserFacts,
  reasonOf: (error: unknown) => Pick<Reason, 'text'>,
  signal?: AbortSignal,
): Promise<Reason | null> {
  const boundary = profile?.boundary ?? null;
  if (profile === undefined || boundary === null || isSameName(boundary, settings.boundaryArn))
    return null;
  const calls = enrolmentCalls(profile.arn);
  const policy = forceMfaPolicy(partitionOfArn(settings.policyArn), settings.enrolWith);
  try {
    const simulated = await simulateUserCalls(iam, profile.arn, calls, policy, signal);
    return enrolmentProblem(calls, simulated, boundary);
  } catch (error) {
    return notChecked(reasonOf(error).text);
  }
}
