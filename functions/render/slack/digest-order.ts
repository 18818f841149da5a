import type { Outcome } from '../../../events/outcome.ts';
import { slackKind, slackKinds } from './kinds.ts';
import type { DigestEntry } from './slack-kind.ts';

/** What a digest can contain. */
export type Digestible = Extract<Outcome, { cause: unknown }>;

/** Whether a digest can contain an outcome. */
export function isDigestible(outcome: Outcome): outcome is Digestible {
  return slackKind(outcome).digest !== null;
}

/** How a digest shows an outcome. */
export function digestEntry<O extends Digestible>(outcome: O): DigestEntry<O> {
  return slackKind(outcome).digest as DigestEntry<O>;
}

/** Sorts by urgency. The outcomes of one user and of one account stay together, a user's in the order of time. */
export function inOrder(outcomes: readonly Digestible[]): Digestible[] {
  const most = new Map<string, number>();
  for (const outcome of outcomes) {
    const key = subject(outcome);
    most.set(key, Math.min(urgency(outcome), most.get(key) ?? Number.POSITIVE_INFINITY));
  }
  const rank = (outcome: Digestible) => most.get(subject(outcome)) ?? 0;
  const accounts = [...new Set(outcomes.map(({ account }) => account))];
  const subjects = [...new Set(outcomes.map(subject))];
  return outcomes.toSorted(
    (a, b) =>
      rank(a) - rank(b) ||
      accounts.indexOf(a.account) - accounts.indexOf(b.account) ||
      subjects.indexOf(subject(a)) - subjects.indexOf(subject(b)) ||
      Date.parse(a.at) - Date.parse(b.at),
  );
}

const subject = (outcome: Digestible) =>
  'user' in outcome ? `${outcome.account}/${outcome.user}` : outcome.id;

/** How urgent an outcome is for a person: 0 at once, 1 soon, 2 and 3 for information. */
export function urgency(outcome: Digestible): number {
  return digestEntry(outcome).urgency(outcome);
}

/** Whether the enforcer did not do it because its account is in observe mode. */
export function isWould(outcome: Digestible): boolean {
  return digestEntry(outcome).isOwnAction && outcome.mode === 'observe';
}

/** A digest's outcomes in one line: "2 changes: 1 blocked; in observe mode, would be: 1 unblocked". */
export function groupsOf(outcomes: readonly Digestible[]): string {
  const done = countGroups(outcomes.filter((outcome) => !isWould(outcome)));
  const would = countGroups(outcomes.filter(isWould));
  return [done, would === '' ? '' : `in observe mode, would be: ${would}`]
    .filter((part) => part !== '')
    .join('; ');
}

/** Two kinds may be counted under the same words. */
function countGroups(outcomes: readonly Digestible[]): string {
  const words = Object.values(slackKinds).flatMap(({ digest }) => digest?.counted ?? []);
  const groups = new Map(words.map((counted) => [counted.one, counted]));
  return [...groups.values()]
    .map(({ one, many }) => {
      const count = outcomes.filter((outcome) => digestEntry(outcome).counted.one === one).length;
      return count === 0 ? '' : `${count} ${count === 1 ? one : many}`;
    })
    .filter((part) => part !== '')
    .join(', ');
}
