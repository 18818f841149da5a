import { includesName, isSameName } from '../../../events/names.ts';
import type { BlockMethod } from '../../../events/outcome.ts';
import { partitionOfArn, sameDocument } from './blocking-policies.ts';
import { forceMfaInline } from './force-mfa.ts';
import type { Settings } from './settings.ts';
import type { UserFacts } from './user-facts.ts';

/** What of a user shows the block methods. */
export interface MethodTraces {
  readonly policies: readonly string[];
  readonly groups?: readonly string[];
  readonly boundary?: string | null;
  /** The document of the inline policy with our name, or null. */
  readonly inlineDocument?: unknown;
}

/**
 * The block methods that block a user, highest first. What was not read shows no block method.
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
    // Its name alone blocks nobody.
    ['inline-policy', isInlineDeny(traces.inlineDocument, settings)],
  ];
  return found.filter(([, blocks]) => blocks).map(([method]) => method);
}

/** A user who was blocked before EnrolWith was changed keeps the document of then: it is ours all the same. */
function isInlineDeny(document: unknown, { policyArn }: Settings): boolean {
  const partition = partitionOfArn(policyArn);
  return (['console', 'console-and-keys'] as const).some((enrolWith) =>
    sameDocument(document ?? null, forceMfaInline(partition, enrolWith)),
  );
}

/** No account has a smaller quota of managed policies a user (IAM quotas: 10, up to 20). */
const SMALLEST_POLICY_QUOTA = 10;

/**
 * Whether the block methods after the managed policy have to be looked at: they are used only for users whose managed
 * policies are at their quota. Someone who has since come below it is found by the sweep, which sees all block methods.
 * @param policies ARNs of the managed policies attached to the user
 */
export function mayUseOtherMethod(policies: readonly string[]): boolean {
  return policies.length >= SMALLEST_POLICY_QUOTA;
}

/** Whether a user is blocked by a block method after the managed policy; taken to be where it has not been read. */
export function byOtherMethod({ attachments }: UserFacts): boolean {
  return attachments?.methods.some((method) => method !== 'managed-policy') ?? true;
}
