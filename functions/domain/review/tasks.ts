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
  /** When IAM was last changed; null for a review by a sweep alone. A reading from before that is stale. */
  readonly changedAt: Date | null;
  /** The cause of the outcomes: the latest change that the enforcer did not make; if there is none, the latest change. */
  readonly cause: Cause;
  /** Whether all changes are the enforcer's own calls. The review that made the calls publishes their outcomes. */
  readonly isOwnChange: boolean;
  /** Since when the user waits for room under the block limit; null where another change asks for the review, too. */
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

/** Whether the enforcer made the call: its own calls come back as events. An AssumedRole actor is named <role>/<session>. */
export function isOurs(cause: Cause, enforcerRole: string): boolean {
  if (cause.kind !== 'event') return false;
  const { type, name } = cause.actor;
  return type === 'AssumedRole' && isSameName(name.split('/')[0] as string, enforcerRole);
}

/** The key of a change's task: one task a user, in any case of the name. A name contains no slash. */
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
