import { type Cause, isCallOf, isCreation } from '../../../events/cause.ts';
import type { UserChange } from '../../../events/message.ts';
import { isSameName } from '../../../events/names.ts';
import { isBySelf } from './exemption-changes.ts';

/** When a user's access was changed, and by whom. */
export interface AccessChange {
  /** CloudTrail's time, ISO 8601. */
  readonly at: string;
  /** The actor's name. */
  readonly by: string;
}

/** When another identity attached a policy to a user. */
interface PolicyChange extends AccessChange {
  readonly policyArn: string;
}

/** What the enrolment rules know of an MFA device that was enabled, besides the history. */
export interface EnrolmentFacts {
  /** CloudTrail's time, ISO 8601. */
  readonly at: string;
  /** The user was blocked, or has no other device. */
  readonly isFirst: boolean;
  /** The user enabled the device, and no other identity. */
  readonly bySelf: boolean;
  /** A long-term access key signed the call. */
  readonly longTermKey: boolean;
  /** The deployment lets blocked users enrol with access keys, too (EnrolWith). */
  readonly keysMayEnrol: boolean;
  /** When a sweep last saw the user dormant, ISO 8601, or null for none of the last week. Null where it could not be read. */
  readonly dormant: { readonly at: string | null } | null;
  /** ARNs of the policies that are attached to the user, without ForceMFA; null where they were not read. */
  readonly policies: readonly string[] | null;
}

/** The last device that was enabled, and what its outcome says of it. */
export interface LastEnrolment extends EnrolmentFacts {
  readonly serial: string;
  readonly wasBlocked: boolean;
  readonly cause: Extract<Cause, { kind: 'event' }>;
}

/** The last changes of a user's access, as far as the enrolment rules ask for them. */
export interface AccessHistory extends AccessChanges {
  /** For the event of an access change that comes after the device's: it is judged again then. */
  readonly enrolled?: LastEnrolment | undefined;
}

/** What a change of a user's access concerns. */
export type AccessAspect = keyof AccessChanges;

/** Of each aspect the latest changes, oldest first. */
interface AccessChanges {
  readonly created?: readonly AccessChange[] | undefined;
  /** Another identity set the password. */
  readonly passwordByOther?: readonly AccessChange[] | undefined;
  /** Another identity attached a policy. */
  readonly policyByOther?: readonly PolicyChange[] | undefined;
  /** A device was deactivated. */
  readonly deviceByOther?: readonly AccessChange[] | undefined;
  readonly deviceBySelf?: readonly AccessChange[] | undefined;
}

/** An attacker who makes as many changes after an enrolment hides the one before it. */
const KEPT = 20;

/** How long an entry is kept. No rule looks further back. */
export const ACCESS_HISTORY_MS = 24 * 60 * 60_000;

/**
 * Which aspect of a user's access a change concerns.
 * @returns null for a change that no enrolment rule asks for
 */
export function aspectOf(change: UserChange, forceMfaArn: string): AccessAspect | null {
  const { cause } = change;
  if (isCreation(cause)) return 'created';
  const bySelf = isBySelf(change);
  if (isCallOf(cause, 'DeactivateMFADevice')) return bySelf ? 'deviceBySelf' : 'deviceByOther';
  if (isOtherPolicy(change, forceMfaArn)) return bySelf ? null : 'policyByOther';
  const setsPassword = isCallOf(cause, 'CreateLoginProfile', 'UpdateLoginProfile');
  return setsPassword && !bySelf ? 'passwordByOther' : null;
}

/** Whether the change attached another policy than ForceMFA: the user is not reviewed for it. */
export function isOtherPolicy({ cause, expects }: UserChange, forceMfaArn: string): boolean {
  const attached = isCallOf(cause, 'AttachUserPolicy') ? Object.keys(expects.policies ?? {}) : [];
  return attached.some((policyArn) => !isSameName(policyArn, forceMfaArn));
}

/**
 * Adds an enrolment. Of several the latest counts, and of its judgements the first. A further device does not replace a first one,
 * about which most rules ask.
 */
export function withLastEnrolment(history: AccessHistory, last: LastEnrolment): AccessHistory {
  const { enrolled } = history;
  if (enrolled === undefined) return { ...history, enrolled: last };
  const isKnown = Date.parse(enrolled.at) >= Date.parse(last.at);
  return isKnown || (enrolled.isFirst && !last.isFirst) ? history : { ...history, enrolled: last };
}

/**
 * Adds changes to a user's history, in whatever order the events arrive.
 * @param forceMfaArn the policy that blocks users: attaching it adds nothing
 * @returns the same history where the changes add nothing
 */
export function withAccessChanges(
  history: AccessHistory,
  changes: readonly UserChange[],
  forceMfaArn: string,
): AccessHistory {
  let all = history;
  for (const change of changes) {
    const added = addedBy(change, forceMfaArn);
    if (added === null) continue;
    const [aspect, one] = added;
    const known: readonly AccessChange[] = all[aspect] ?? [];
    if (known.some((other) => isSameChange(other, one))) continue;
    const both = [...known, one].toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
    const kept = both.slice(-KEPT);
    if (kept.includes(one)) all = { ...all, [aspect]: kept };
  }
  return all;
}

function addedBy(
  change: UserChange,
  forceMfaArn: string,
): readonly [AccessAspect, AccessChange | PolicyChange] | null {
  const aspect = aspectOf(change, forceMfaArn);
  // Stryker disable next-line ConditionalExpression: a sweep has no aspect; the compiler needs the check
  if (aspect === null || change.cause.kind !== 'event') return null;
  const { eventTime: at, actor } = change.cause;
  const [policyArn] = Object.keys(change.expects.policies ?? {});
  return [aspect, { at, by: actor.name, ...(policyArn && { policyArn }) }];
}

function isSameChange(one: AccessChange, other: AccessChange): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
