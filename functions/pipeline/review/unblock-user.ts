import type { IAMClient } from '@aws-sdk/client-iam';
import { isSameName } from '../../../events/names.ts';
import type { BlockMethod, Reason } from '../../../events/outcome.ts';
import type { Settings } from '../../domain/rules/settings.ts';
import type { UserFacts } from '../../domain/rules/user-facts.ts';
import { getUser } from '../../io/iam-user.ts';
import {
  deleteBoundary,
  deleteInlinePolicy,
  detachPolicy,
  removeFromGroup,
  type WasThere,
} from '../../io/iam-writes.ts';
import { type Enforced, refusalOf } from './enforcement-result.ts';

/** Returns false if there was nothing to remove. */
type Undo = (iam: IAMClient, settings: Settings, user: string) => Promise<WasThere>;

/** Removes exactly what blocks a user by one block method. */
const undo: Readonly<Record<BlockMethod, Undo>> = {
  'managed-policy': (iam, { policyArn }, user) => detachPolicy(iam, user, policyArn),
  'deny-group': (iam, { denyGroup }, user) => removeFromGroup(iam, user, denyGroup),
  // The boundary is read again: another one, the user's own, may have been set since. The role's condition enforces it, too.
  boundary: async (iam, { boundaryArn }, user) => {
    const boundary = (await getUser(iam, user))?.profile.boundary ?? '';
    return isSameName(boundary, boundaryArn) && deleteBoundary(iam, user);
  },
  'inline-policy': (iam, { inlinePolicyName }, user) =>
    deleteInlinePolicy(iam, user, inlinePolicyName),
};

/**
 * Removes every block method from a user, and nothing of the user's own.
 * @returns the block methods; not-there if IAM knows none of them; or could-not if IAM refuses permanently
 * @throws errors that another try may fix
 */
export async function unblock(
  iam: IAMClient,
  settings: Settings,
  facts: UserFacts,
): Promise<Enforced> {
  const methods = facts.attachments?.methods ?? [];
  const undone: BlockMethod[] = [];
  try {
    for (const method of methods) {
      if (await undo[method](iam, settings, facts.user)) undone.push(method);
    }
    return undone.length === 0 ? { kind: 'not-there' } : { kind: 'unblocked', methods: undone };
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === null) throw undone.length === 0 ? error : doneInPart(error);
    return { kind: 'could-not', why: withRest(refusal, undone, methods) };
  }
}

/** The rest of an unblock is not an unblock of its own (apply-decision.ts). */
function doneInPart(error: unknown): unknown {
  return Object.assign(error as Error, { lostAnswer: true });
}

/** Where some block methods were removed, the reason names those that still block the user. */
function withRest(
  why: Reason,
  undone: readonly BlockMethod[],
  methods: readonly BlockMethod[],
): Reason {
  if (undone.length === 0) return why;
  const rest = methods.filter((method) => !undone.includes(method)).join(', ');
  return { ...why, text: `${why.text} Removed: ${undone.join(', ')}. Still blocked by: ${rest}.` };
}
