import { type Cause, causeTime, isCallOf } from '../../../events/cause.ts';
import type { UserChange } from '../../../events/message.ts';
import { includesName } from '../../../events/names.ts';
import type { Settings } from '../rules/settings.ts';
import { isBySelf } from './exemption-changes.ts';

/**
 * How long a user stays unblocked after an administrator removed a block method. IAM deletes no user who has a policy or is
 * in a group (IAM User Guide, "Remove or deactivate an IAM user"): DeleteUser needs this time.
 */
const PAUSE_MS = 5 * 60_000;

/** Repeated removals do not keep a user unblocked: within this time only the first one pauses. */
const ONE_PAUSE_IN_MS = 24 * 60 * 60_000;

/** The calls that remove what IAM requires to be removed before DeleteUser. A permissions boundary may stay. */
const removals = ['DetachUserPolicy', 'RemoveUserFromGroup', 'DeleteUserPolicy'];

/** Whether an event may have removed a block method that prevents DeleteUser. */
export function isRemoval(cause: Cause): boolean {
  return isCallOf(cause, ...removals);
}

/** A time in which a user is not blocked again, so that the user can be deleted. */
export interface DeletionPause {
  /** When the block method was removed, ISO 8601. */
  readonly since: string;
  /** How long the pause still lasts. */
  readonly seconds: number;
}

/**
 * Whether to wait before a user is blocked again. Only a removal by an MFA-authenticated session of another identity pauses, so
 * a stolen key or a blocked user gains nothing. Of several removals the latest counts.
 * @param changes of one user, oldest first
 * @param remembered the `since` of the last pause, or null
 * @returns null where the user is to be blocked now
 */
export function deletionPause(
  changes: readonly UserChange[],
  remembered: string | null,
  settings: Pick<Settings, 'policyArn' | 'denyGroup'>,
  now: Date,
): DeletionPause | null {
  const last = timeBefore(remembered, now);
  const removal = changes.findLast((change) => isRemovalOfOurs(change, settings));
  // A removal before the last pause does not end it: its event came late, or its message comes again.
  const since = removal === undefined ? NEVER : causeTime(removal.cause);
  if (removal === undefined || since < last) return lasting(last, now);
  if (!pauses(removal)) return null;
  return lasting(since - last >= ONE_PAUSE_IN_MS ? since : last, now);
}

function pauses(change: UserChange): boolean {
  const { cause } = change;
  // Stryker disable next-line ConditionalExpression: only an event removes; the compiler needs the check
  return cause.kind === 'event' && cause.actor.mfa === true && !isBySelf(change);
}

const NEVER = Number.NEGATIVE_INFINITY;

/** An invalid or future time was not written by the enforcer: it must neither pause nor prevent a pause. */
function timeBefore(text: string | null, now: Date): number {
  const time = Date.parse(String(text));
  return time < now.getTime() + PAUSE_MS ? time : NEVER;
}

function lasting(since: number, now: Date): DeletionPause | null {
  const left = since + PAUSE_MS - now.getTime();
  // Clocks are apart by less than a pause.
  if (left <= 0 || left > 2 * PAUSE_MS) return null;
  const seconds = Math.ceil(Math.min(left, PAUSE_MS) / 1000);
  return { since: new Date(since).toISOString(), seconds };
}

/** Whether a change removed a block method of the enforcer. */
export function isRemovalOfOurs(
  { cause, expects }: UserChange,
  { policyArn, denyGroup }: Pick<Settings, 'policyArn' | 'denyGroup'>,
): boolean {
  if (!isRemoval(cause)) return false;
  const { policies, groups } = expects;
  if (policies) return includesName(Object.keys(policies), policyArn);
  if (groups) return includesName(Object.keys(groups), denyGroup);
  // An inline policy: the rule forwards only the one with our name.
  return true;
}
