import { includesName, isSameName } from '../../../events/names.ts';
import type { BlockMethod } from '../../../events/outcome.ts';
import { partitionOfArn, sameDocument } from './blocking-policies.ts';
import { forceMfaInline } from './force-mfa.ts';
import type { Settings } from './settings.ts';
import type { UserFacts } from './user-facts.ts';

/** The parts of a user that show which block methods are in place. */
export interface MethodTraces {
  readonly policies: readonly string[];
  readonly groups?: readonly string[];
  readonly boundary?: string | null;
  /** The document of the inline policy with our name, or null. */
  readonly inlineDocument?: unknown;
}

/**
 * The block methods that block a user, in the order in which they are tried. A part that was not read shows no block method.
 * @param traces attached policies, groups, boundary and inline policies of the user
 */
export function methodsOf(traces: MethodTraces, settings: Settings): BlockMethod[] {
  const found: [BlockMethod, boolean][] = [
    ['managed-policy', includesName(traces.policies, settings.policyArn)],
    ['deny-group', traces.groups !== undefined && includesName(traces.groups, settings.denyGroup)],
    [
      'boundary',
      typeof traces.boundary === 'string' && isSameName(traces.boundary, settings.boundaryArn),
    ],
    // The document counts, not the name: the name alone does not block.
    ['inline-policy', isInlineDeny(traces.inlineDocument, settings)],
  ];
  return found.filter(([, blocks]) => blocks).map(([method]) => method);
}

/** Either document counts: a user who was blocked before EnrolWith was changed keeps the earlier one. */
function isInlineDeny(document: unknown, { policyArn }: Settings): boolean {
  const partition = partitionOfArn(policyArn);
  return (['console', 'console-and-keys'] as const).some((enrolWith) =>
    sameDocument(document ?? null, forceMfaInline(partition, enrolWith)),
  );
}

/** The default quota of managed policies a user, and the smallest one (IAM quotas: 10, up to 20). */
const SMALLEST_POLICY_QUOTA = 10;

/**
 * Whether the block methods after the managed policy have to be read. The enforcer uses them only for users whose managed
 * policies are at the quota. The sweep reads all block methods, so it finds users who have since come below the quota.
 * @param policies ARNs of the managed policies attached to the user
 */
export function mayUseOtherMethod(policies: readonly string[]): boolean {
  return policies.length >= SMALLEST_POLICY_QUOTA;
}

/** Whether a block method after the managed policy blocks a user. True where the block methods have not been read. */
export function byOtherMethod({ attachments }: UserFacts): boolean {
  return attachments?.methods.some((method) => method !== 'managed-policy') ?? true;
}
