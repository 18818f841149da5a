import { includesName, isSameName } from '../../../events/names.ts';
import type { Rung } from '../../../events/outcome.ts';
import { forceMfaInline } from './force-mfa.ts';
import { partitionOfArn, sameDocument } from './guarded-policies.ts';
import type { Settings } from './settings.ts';
import type { UserFacts } from './user-facts.ts';

/** What of a user shows the rungs. */
export interface RungTraces {
  readonly policies: readonly string[];
  readonly groups?: readonly string[];
  readonly boundary?: string | null;
  /** The document of the inline policy with our name, or null. */
  readonly inlineDocument?: unknown;
}

/**
 * The rungs that block a user, highest first. What was not read shows no rung.
 * @param traces attached policies, groups, boundary and inline policies of the user
 */
export function rungsOf(traces: RungTraces, settings: Settings): Rung[] {
  const found: [Rung, boolean][] = [
    ['managed-policy', includesName(traces.policies, settings.policyArn)],
    ['deny-group', traces.groups !== undefined && includesName(traces.groups, settings.denyGroup)],
    [
      'boundary',
      typeof traces.boundary === 'string' && isSameName(traces.boundary, settings.boundaryArn),
    ],
    // Its name alone blocks nobody.
    ['inline-policy', isInlineDeny(traces.inlineDocument, settings)],
  ];
  return found.filter(([, blocks]) => blocks).map(([rung]) => rung);
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
 * Whether the rungs below the managed policy have to be looked at: they are used only for users whose managed
 * policies are at their quota. Someone who has since come below it is found by the sweep, which sees all rungs.
 * @param policies ARNs of the managed policies attached to the user
 */
export function mayBeOnLowerRung(policies: readonly string[]): boolean {
  return policies.length >= SMALLEST_POLICY_QUOTA;
}

/** Whether a user is blocked by a rung below the managed policy; taken to be where it has not been read. */
export function onLowerRung({ attachments }: UserFacts): boolean {
  return attachments?.rungs.some((rung) => rung !== 'managed-policy') ?? true;
}
