import { type IAMClient, LimitExceededException, NoSuchEntityException } from '@aws-sdk/client-iam';
import { includesName } from '../../events/names.ts';
import type { Reason, Rung } from '../../events/outcome.ts';
import { forceMfaInline } from '../domain/force-mfa.ts';
import { partitionOfArn } from '../domain/guarded-policies.ts';
import type { Settings } from '../domain/settings.ts';
import type { UserFacts } from '../domain/user-facts.ts';
import { addToGroup } from '../io/iam/add-to-group.ts';
import { attachPolicy } from '../io/iam/attach-policy.ts';
import { listGroups } from '../io/iam/list-groups.ts';
import { listInlinePolicies } from '../io/iam/list-inline-policies.ts';
import { putBoundary } from '../io/iam/put-boundary.ts';
import { putInlinePolicy } from '../io/iam/put-inline-policy.ts';
import type { Breaker, Granted } from './breaker.ts';
import type { Enforced } from './enforced.ts';
import { refusalOf } from './refusals.ts';

interface Climber {
  readonly iam: IAMClient;
  readonly settings: Settings;
  readonly permit: Granted;
  readonly facts: UserFacts;
}

/** Tries to hold the user by one rung. @returns null where it does, else why there is no room */
type Try = (climber: Climber) => Promise<string | null>;

/** From the first to be tried to the last. */
const ladder: readonly (readonly [Rung, Try])[] = [
  ['managed-policy', byManagedPolicy],
  ['deny-group', byDenyGroup],
  ['boundary', byBoundary],
  ['inline-policy', byInlinePolicy],
];

/**
 * Holds a user by the first rung that has room.
 * @param permit the breaker's leave, which is given back where nobody is held
 * @param facts profile and holds have been read: nobody is held without them
 * @returns the rung; or could-not with what is in the way on each of them
 * @throws what another try may mend
 */
export async function climb(
  iam: IAMClient,
  settings: Settings,
  breaker: Breaker,
  permit: Granted,
  facts: UserFacts,
): Promise<Enforced> {
  const full: string[] = [];
  const couldNot = async (why: Reason): Promise<Enforced> => {
    await breaker.giveBack(permit);
    return { kind: 'could-not', why };
  };
  for (const [rung, attempt] of ladder) {
    // ForceMFA's own count does not have who is held further down.
    const open = rung === 'deny-group' ? await breaker.toLowerRung(permit) : null;
    if (open) return { ...open, kind: 'breaker-open' };
    try {
      const inTheWay = await attempt({ iam, settings, permit, facts });
      if (inTheWay === null) return { kind: 'held', rung };
      full.push(inTheWay);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal) return couldNot(refusal);
      if (!(error instanceof LimitExceededException)) throw error;
      full.push(`${rung}: ${error.message}`);
    }
  }
  return couldNot({ code: 'no-room', text: full.join('; ') });
}

async function byManagedPolicy({ iam, settings, permit, facts }: Climber): Promise<string | null> {
  const has = facts.holds?.policies.length ?? 0;
  if (has >= permit.quotas.policiesPerUser) {
    return `has ${has} managed policies, as many as the account’s quota allows (detach one)`;
  }
  await attachPolicy(iam, facts.user, settings.policyArn);
  return null;
}

async function byDenyGroup({ iam, settings, permit, facts }: Climber): Promise<string | null> {
  const groups = facts.holds?.groups ?? (await listGroups(iam, facts.user));
  if (groups.length >= permit.quotas.groupsPerUser) {
    return `is in ${groups.length} groups, as many as the quota allows`;
  }
  try {
    await addToGroup(iam, facts.user, settings.denyGroup);
    return null;
  } catch (error) {
    // The user was seen a moment ago, so it is the group that is gone.
    if (!(error instanceof NoSuchEntityException)) throw error;
    return `the group ${settings.denyGroup} does not exist any more`;
  }
}

async function byBoundary({ iam, settings, facts }: Climber): Promise<string | null> {
  if (!settings.boundaryDeny) return 'a boundary is not allowed by the deployment (BoundaryDeny)';
  // A user has one boundary. Never replace one that is there, nor one that has not been read.
  const boundary = facts.profile?.boundary;
  if (boundary !== null) return `has the permissions boundary ${boundary ?? '(not read)'} already`;
  try {
    await putBoundary(iam, facts.user, settings.boundaryArn);
    return null;
  } catch (error) {
    // The user was seen a moment ago, so it is the policy that is gone.
    if (!(error instanceof NoSuchEntityException)) throw error;
    return `the boundary policy ${settings.boundaryArn} does not exist any more`;
  }
}

async function byInlinePolicy({ iam, settings, facts }: Climber): Promise<string | null> {
  if (!settings.inlineDeny) return 'an inline deny is not allowed by the deployment (InlineDeny)';
  const names = await listInlinePolicies(iam, facts.user);
  if (includesName(names, settings.inlinePolicyName)) {
    return `has an inline policy named ${settings.inlinePolicyName} that is not ours`;
  }
  await putInlinePolicy(
    iam,
    facts.user,
    settings.inlinePolicyName,
    forceMfaInline(partitionOfArn(settings.policyArn)),
  );
  return null;
}
