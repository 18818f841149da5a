import type { Cause } from '../../../events/cause.ts';
import { type Expectation, mergeExpectations } from '../../../events/expectation.ts';
import type { UserChange } from '../../../events/message.ts';
import { isSameName, nameKey } from '../../../events/names.ts';
import type { Settings } from '../rules/settings.ts';

/** One user to review, for all the changes of a batch that concern the user. */
export interface ReviewTask {
  /** As the latest change names the user; IAM may write the name in another case. */
  readonly user: string;
  readonly account: string;
  /** What IAM must show after all the changes. */
  readonly expects: Expectation;
  /** Oldest first. */
  readonly changes: readonly UserChange[];
  /** When IAM was last changed, or null where only a sweep asks. Until then a reading may be stale. */
  readonly changedAt: Date | null;
  /** What an outcome is ascribed to: the latest change, of those not made by the enforcer if there are any. */
  readonly cause: Cause;
  /** Only the enforcer's own calls made this task: whoever they answered will claim what is to be done. */
  readonly isOwnChange: boolean;
  /** The user waits for room under the block limit, since then; null where anything else asks, too. */
  readonly refusedSince: Date | null;
}

/**
 * Several changes of one user make one review. Event times have whole seconds: of changes in the same
 * second the one later in the list counts as later.
 * @param changes of any users, in any order
 * @returns one task a user, in the order in which the users first appear
 */
export function reviewTasks(
  changes: readonly UserChange[],
  { enforcerRole }: Pick<Settings, 'enforcerRole'>,
): ReviewTask[] {
  const byUser = new Map<string, UserChange[]>();
  for (const change of changes) {
    const key = taskKey(change);
    byUser.set(key, [...(byUser.get(key) ?? []), change]);
  }
  return [...byUser.values()].map((group) => {
    const oldestFirst = group.toSorted((a, b) => timeOf(a) - timeOf(b));
    const latest = oldestFirst.at(-1) as UserChange;
    const events = oldestFirst.filter(({ cause }) => cause.kind === 'event');
    const lastEvent = events.at(-1);
    const byOthers = oldestFirst.findLast(({ cause }) => !isOurs(cause, enforcerRole));
    return {
      user: latest.user,
      account: latest.account,
      expects: mergeExpectations(oldestFirst.map((change) => change.expects)),
      changes: oldestFirst,
      changedAt: lastEvent ? new Date(timeOf(lastEvent)) : null,
      cause: (byOthers ?? latest).cause,
      isOwnChange: byOthers === undefined,
      refusedSince: refusedSince(group),
    };
  });
}

/** The enforcer's own calls come back as events; an AssumedRole actor is named <role>/<session>. */
export function isOurs(cause: Cause, enforcerRole: string): boolean {
  if (cause.kind !== 'event') return false;
  const { type, name } = cause.actor;
  return type === 'AssumedRole' && isSameName(name.split('/')[0] as string, enforcerRole);
}

/** Ties a change to its task: one user is one task, in whatever case each change names the user. A name contains no slash. */
export function taskKey({ account, user }: Pick<UserChange, 'account' | 'user'>): string {
  return `${account}/${nameKey(user)}`;
}

function timeOf({ cause }: UserChange): number {
  return Date.parse(cause.kind === 'event' ? cause.eventTime : cause.startedAt);
}

function refusedSince(changes: readonly UserChange[]): Date | null {
  const times = changes.flatMap((change) => change.refusedSince ?? []);
  return times.length < changes.length ? null : new Date(times.toSorted()[0] as string);
}
