import { isNaming } from '../../../events/cause.ts';
import type { Expectation } from '../../../events/expectation.ts';
import { includesName, isSameName } from '../../../events/names.ts';
import { pathOf } from '../rules/exempt-users.ts';
import { tagValue, type UserFacts } from '../rules/user-facts.ts';
import type { ReviewTask } from './tasks.ts';

/**
 * How long a change may take until every IAM reading shows it. AWS gives no number; others measured up to 30 s and wait
 * 2 minutes (docs/events.md).
 */
export const SETTLED_AFTER_SECONDS = 120;

/**
 * A reading that contradicts a fresh event is stale. Only facts that were read are compared: a fact that the decision did not
 * need cannot make it wrong.
 * @param facts what was read, or null where IAM knows no such user
 * @param expects what must be true after the event
 * @returns a phrase for each stale read; empty where there is none
 */
export function staleReads(facts: UserFacts | null, expects: Expectation): string[] {
  if (facts === null) return expects.exists ? ['the user is not visible yet'] : [];
  if (expects.exists === false) return ['the user is still there'];
  return [
    ...deviceStaleReads(facts, expects),
    ...stalePassword(facts, expects),
    ...tagStaleReads(facts, expects),
    ...policyStaleReads(facts, expects),
    ...groupStaleReads(facts, expects),
    ...staleBoundary(facts, expects),
    ...stalePath(facts, expects),
  ];
}

// How far ahead of ours AWS's clock may be. No review waits for an event from later than that.
const CLOCK_SKEW_SECONDS = 300;

/**
 * @param changedAt when IAM was changed
 * @param now the present
 * @returns whether IAM may still be spreading a change of that time
 */
export function isFresh(changedAt: Date, now: Date): boolean {
  const age = (now.getTime() - changedAt.getTime()) / 1000;
  return age < SETTLED_AFTER_SECONDS && age > -CLOCK_SKEW_SECONDS;
}

/**
 * How long IAM may still be spreading a change.
 * @param changedAt when IAM was changed; null: no change is known
 * @param now the present
 * @returns seconds; 0 once every reading shows the change
 */
export function secondsUntilSettled(changedAt: Date | null, now: Date): number {
  if (changedAt === null || !isFresh(changedAt, now)) return 0;
  const age = Math.floor((now.getTime() - changedAt.getTime()) / 1000);
  return SETTLED_AFTER_SECONDS - Math.max(0, age);
}

/**
 * When a review that found nothing to do is repeated. Readings show each change after a time of its own: one that shows the new
 * user may still show the block, the tags or the devices of a user who had the name a moment ago, and one after another change
 * may show a block that was just removed. No event says so, and an attacker can bring it about.
 * @param blocked whether the reading shows a block
 * @returns seconds; 0 where the reading is settled, or the change cannot have hidden anything
 */
export function secondsUntilRepeated(
  { changes, changedAt }: Pick<ReviewTask, 'changes' | 'changedAt'>,
  blocked: boolean,
  now: Date,
): number {
  const isInDoubt = blocked || changes.some(({ cause }) => isNaming(cause));
  return isInDoubt ? secondsUntilSettled(changedAt, now) : 0;
}

function deviceStaleReads({ devices }: UserFacts, expects: Expectation): string[] {
  if (devices === undefined) return [];
  return Object.entries(expects.devices ?? {})
    .filter(([serial, assigned]) => includesName(devices, serial) !== assigned)
    .map(
      ([serial, assigned]) => `device ${serial} is ${assigned ? 'not listed yet' : 'still listed'}`,
    );
}

function stalePassword({ password }: UserFacts, expects: Expectation): string[] {
  if (password === undefined || expects.password === undefined) return [];
  if (password === expects.password) return [];
  return [expects.password ? 'the password is not visible yet' : 'the password is still there'];
}

function tagStaleReads({ profile }: UserFacts, expects: Expectation): string[] {
  if (profile === undefined) return [];
  return Object.entries(expects.tags ?? {})
    .filter(([key, value]) => tagValue(profile.tags, key) !== value)
    .map(([key]) => `tag ${key} does not show its change yet`);
}

function policyStaleReads({ attachments }: UserFacts, expects: Expectation): string[] {
  if (attachments === undefined) return [];
  const { policies } = attachments;
  return Object.entries(expects.policies ?? {})
    .filter(([arn, attached]) => includesName(policies, arn) !== attached)
    .map(([arn, attached]) => `${arn} is ${attached ? 'not attached yet' : 'still attached'}`);
}

function groupStaleReads({ attachments }: UserFacts, expects: Expectation): string[] {
  const groups = attachments?.groups;
  if (groups === undefined) return [];
  return Object.entries(expects.groups ?? {})
    .filter(([group, member]) => includesName(groups, group) !== member)
    .map(([group, member]) => `the user is ${member ? 'not yet' : 'still'} in the group ${group}`);
}

function staleBoundary({ profile }: UserFacts, expects: Expectation): string[] {
  if (profile === undefined || expects.boundary === undefined) return [];
  const isThere = sameBoundary(profile.boundary, expects.boundary);
  return isThere ? [] : ['the boundary does not show its change yet'];
}

function stalePath({ profile }: UserFacts, { path }: Expectation): string[] {
  if (profile === undefined || path === undefined) return [];
  return pathOf(profile.arn) === path ? [] : ['the path does not show its change yet'];
}

function sameBoundary(found: string | null, expected: string | null): boolean {
  if (found === null || expected === null) return found === expected;
  return isSameName(found, expected);
}
