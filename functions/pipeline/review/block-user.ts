import { type IAMClient, LimitExceededException, NoSuchEntityException } from '@aws-sdk/client-iam';
import { includesName, isSameName } from '../../../events/names.ts';
import type { BlockMethod, Reason } from '../../../events/outcome.ts';
import { partitionOfArn } from '../../domain/rules/blocking-policies.ts';
import { breakGlassReason } from '../../domain/rules/exemption.ts';
import { forceMfaInline } from '../../domain/rules/force-mfa.ts';
import type { Settings } from '../../domain/rules/settings.ts';
import { isSameTags, type Profile, type UserFacts } from '../../domain/rules/user-facts.ts';
import { getUser, listGroups, listInlinePolicies } from '../../io/iam-user.ts';
import { addToGroup, attachPolicy, putBoundary, putInlinePolicy } from '../../io/iam-writes.ts';
import type { Quotas } from './circuit-breaker.ts';
import { type Enforced, refusalOf } from './enforcement-result.ts';

interface BlockAttempt {
  readonly iam: IAMClient;
  readonly settings: Settings;
  readonly quotas: Quotas;
  readonly facts: UserFacts;
  /** How long reads may not show the change that asks for the block, in seconds. */
  readonly settlesIn: number;
}

/** The result of one block method. */
type Tried =
  | { readonly kind: 'blocked' }
  | { readonly kind: 'no-room'; readonly why: string }
  | { readonly kind: 'never'; readonly why: Reason }
  | { readonly kind: 'stale'; readonly seconds?: number };

/** Tries to block the user by one method. */
type Try = (attempt: BlockAttempt) => Promise<Tried & { readonly boundarySeen?: string | null }>;

const blocked = { kind: 'blocked' } as const;
const noRoom = (why: string) => ({ kind: 'no-room', why }) as const;

/** The block methods in the order of the tries. */
const blockMethods: readonly (readonly [BlockMethod, Try])[] = [
  ['managed-policy', byManagedPolicy],
  ['deny-group', byDenyGroup],
  ['boundary', byBoundary],
  ['inline-policy', byInlinePolicy],
];

/**
 * Blocks a user by the first block method with room.
 * @param quotas quotas of the account
 * @param facts facts with profile and attachments
 * @param settlesIn how long reads may not show the change that asks for the block, in seconds
 * @returns the block method; could-not with the reason for each method; or stale if the next method has to wait
 * @throws errors that another try may fix
 */
export async function blockUser(
  iam: IAMClient,
  settings: Settings,
  quotas: Quotas,
  facts: UserFacts,
  settlesIn: number,
): Promise<Enforced> {
  const full: string[] = [];
  let seen: { readonly boundarySeen?: string | null } = {};
  const couldNot = (why: Reason): Enforced => ({ kind: 'could-not', why, ...seen });
  for (const [method, attempt] of blockMethods) {
    try {
      const { boundarySeen, ...tried } = await attempt({ iam, settings, quotas, facts, settlesIn });
      if (boundarySeen !== undefined) seen = { boundarySeen };
      if (tried.kind === 'blocked') return { kind: 'blocked', method, ...seen };
      if (tried.kind === 'never') return couldNot(tried.why);
      if (tried.kind === 'stale') return tried;
      full.push(tried.why);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal) return couldNot(refusal);
      if (!(error instanceof LimitExceededException)) throw error;
      full.push(`${method}: ${error.message}`);
    }
  }
  return couldNot({ code: 'no-room', text: full.join('; ') });
}

/** Whether tags, name and path are still those of the decision. Others may exempt the user, which needs a new decision. */
function isDecidedBy({ arn, tags }: Profile, { profile }: UserFacts): boolean {
  return profile !== undefined && arn === profile.arn && isSameTags(tags, profile.tags);
}

async function byManagedPolicy({ iam, settings, quotas, facts }: BlockAttempt): ReturnType<Try> {
  const has = facts.attachments?.policies.length ?? 0;
  if (has >= quotas.policiesPerUser) {
    return noRoom(`${has} managed policies: the account’s quota is reached (detach one)`);
  }
  await attachPolicy(iam, facts.user, settings.policyArn);
  return blocked;
}

/**
 * The role's Deny for break-glass users does not apply to this call: IAM evaluates AddUserToGroup on the group, not on the
 * user's tags. So the user is read again immediately before it.
 */
async function byDenyGroup({ iam, settings, quotas, facts }: BlockAttempt): ReturnType<Try> {
  const groups = facts.attachments?.groups ?? (await listGroups(iam, facts.user));
  if (groups.length >= quotas.groupsPerUser) {
    return noRoom(`${groups.length} groups: the quota is reached`);
  }
  const found = await getUser(iam, facts.user);
  // The user was deleted meanwhile, which the next review finds.
  if (found === null) return { kind: 'stale' };
  const never = breakGlassReason(found.profile.tags);
  if (never) return { kind: 'never', why: never };
  if (!isDecidedBy(found.profile, facts)) return { kind: 'stale' };
  try {
    await addToGroup(iam, facts.user, settings.denyGroup);
    return blocked;
  } catch (error) {
    // The user existed a moment ago, so the group is missing.
    if (!(error instanceof NoSuchEntityException)) throw error;
    return noRoom(`the group ${settings.denyGroup} does not exist`);
  }
}

/** PutUserPermissionsBoundary replaces an existing boundary: IAM has no call that sets one only if there is none. */
async function byBoundary({ iam, settings, facts, settlesIn }: BlockAttempt): ReturnType<Try> {
  if (!settings.boundaryDeny) {
    return noRoom('the deployment does not allow a boundary (BoundaryDeny)');
  }
  const taken = (boundary: string) => ({
    ...(isSameName(boundary, settings.boundaryArn)
      ? blocked
      : noRoom(`the permissions boundary ${boundary} is already set`)),
    boundarySeen: boundary,
  });
  const before = facts.profile?.boundary;
  if (before === undefined) return noRoom('the permissions boundary was not read');
  if (before !== null) return taken(before);
  // A boundary may have been set together with the change, and reads may not show it yet.
  if (settlesIn > 0) return { kind: 'stale', seconds: settlesIn };
  const found = await getUser(iam, facts.user);
  // The user was deleted meanwhile, which the next review finds.
  if (found === null) return { kind: 'stale' };
  if (found.profile.boundary !== null) return taken(found.profile.boundary);
  if (!isDecidedBy(found.profile, facts)) return { kind: 'stale' };
  try {
    await putBoundary(iam, facts.user, settings.boundaryArn);
    return { ...blocked, boundarySeen: null };
  } catch (error) {
    // The user existed a moment ago, so the policy is missing.
    if (!(error instanceof NoSuchEntityException)) throw error;
    return noRoom(`the boundary policy ${settings.boundaryArn} does not exist`);
  }
}

async function byInlinePolicy({ iam, settings, facts }: BlockAttempt): ReturnType<Try> {
  if (!settings.inlineDeny)
    return noRoom('the deployment does not allow an inline policy (InlineDeny)');
  const names = await listInlinePolicies(iam, facts.user);
  if (includesName(names, settings.inlinePolicyName)) {
    return noRoom(
      `the inline policy ${settings.inlinePolicyName} is already there and is not the enforcer’s`,
    );
  }
  await putInlinePolicy(
    iam,
    facts.user,
    settings.inlinePolicyName,
    forceMfaInline(partitionOfArn(settings.policyArn), settings.enrolWith),
  );
  return blocked;
}
