import { type Cause, causeTime } from '../../../events/cause.ts';
import { type Expectation, mergeExpectations } from '../../../events/expectation.ts';
import type { UserChange } from '../../../events/message.ts';
import { isSameName, nameKey } from '../../../events/names.ts';
import type { Settings } from '../rules/settings.ts';
import { isOtherPolicy } from './access-history.ts';

/** One user to review, for all the changes of a batch that concern the user. */
export interface ReviewTask {
  /** As the latest change names the user; IAM may write the name in another case. */
  readonly user: string;
  readonly account: string;
  /** What IAM must show after all the changes. */
  readonly expects: Expectation;
  /** Oldest first, with those that make no review of their own. */
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
 * A change that attached another policy than ForceMFA makes none.
 * @param changes of any users, in any order
 * @returns one task a user, in the order in which the users first appear
 */
export function reviewTasks(
  changes: readonly UserChange[],
  { enforcerRole, policyArn }: Pick<Settings, 'enforcerRole' | 'policyArn'>,
): ReviewTask[] {
  const byUser = new Map<string, UserChange[]>();
  for (const change of changes) {
    const key = taskKey(change);
    const group = byUser.get(key);
    if (group === undefined) byUser.set(key, [change]);
    else group.push(change);
  }
  return [...byUser.values()].flatMap((all) => {
    const changesOfUser = all.toSorted((a, b) => causeTime(a.cause) - causeTime(b.cause));
    const oldestFirst = changesOfUser.filter((change) => !isOtherPolicy(change, policyArn));
    if (oldestFirst.length === 0) return [];
    const latest = oldestFirst.at(-1) as UserChange;
    const events = oldestFirst.filter(({ cause }) => cause.kind === 'event');
    const lastEvent = events.at(-1);
    const byOthers = oldestFirst.findLast(({ cause }) => !isOurs(cause, enforcerRole));
    const task: ReviewTask = {
      user: latest.user,
      account: latest.account,
      expects: mergeExpectations(oldestFirst.map((change) => change.expects)),
      changes: changesOfUser,
      changedAt: lastEvent ? new Date(causeTime(lastEvent.cause)) : null,
      cause: (byOthers ?? latest).cause,
      isOwnChange: byOthers === undefined,
      refusedSince: refusedSince(oldestFirst),
    };
    return [task];
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

function refusedSince(changes: readonly UserChange[]): Date | null {
  const times = changes.flatMap((change) => change.refusedSince ?? []);
  return times.length < changes.length ? null : new Date(times.toSorted()[0] as string);
}
