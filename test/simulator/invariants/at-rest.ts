import type { Outcome } from '../../../events/outcome.ts';
import type { MemoryUser } from '../../fakes/memory-iam.ts';
import type { Account } from '../account.ts';
import { LONGEST_LAG_MS } from '../fault-profile.ts';
import { isBlocked, isBreakGlass, limitOf, mustBeBlocked } from '../oracle.ts';
import type { Graces } from './graces.ts';
import type { Verdict } from './verdict.ts';

/** What may explain a user in the wrong state. */
export interface Loud {
  /** Outcomes since the sweep began. */
  readonly outcomes: readonly Outcome[];
  /** Failed messages of all queues. */
  readonly failedMessages: readonly string[];
  /** The messages of refused users who wait for room. */
  readonly waiting: readonly string[];
  /** The users in any outcome of the breaker. */
  readonly named: ReadonlySet<string>;
  /** The sweep itself failed, which sets off an alarm. */
  readonly sweepFailed: boolean;
}

/** Whether a failed message, the breaker, or a refusal of IAM explains that a user is in the wrong state. */
export function isExplained({ failedMessages, outcomes }: Loud, name: string): boolean {
  return (
    isAbout(failedMessages, name) ||
    outcomes.some(
      (outcome) =>
        outcome.kind === 'breaker-open' ||
        (outcome.kind === 'could-not-enforce' && outcome.user === name),
    )
  );
}

/**
 * Checks, before any sweep, that events alone have brought a user into the right state.
 * @param after the event that should have
 */
export function checkByEvents(
  verdict: Verdict,
  invariant: Parameters<Verdict['check']>[0],
  account: Account,
  user: MemoryUser,
  now: number,
  after: string,
  hasTime = false,
): void {
  const { settings } = account;
  const { name } = user;
  const must = mustBeBlocked(user, settings, now);
  if (must && hasTime) return;
  const blocked = account.isBlocked(name);
  const stays = settings.unblock === 'never' && !isBreakGlass(user.tags);
  // Events do not find a user with few policies who is blocked by another method only: the sweep does (docs/decisions/007).
  const byPolicy = user.policies.includes(settings.policyArn) || user.policies.length >= 10;
  verdict.check(
    invariant,
    must ? blocked : stays || !blocked || !byPolicy,
    () => `${name} is ${must ? 'not blocked' : 'blocked'} after ${after}`,
  );
}

/**
 * Checks every user after a sweep, when nothing is due.
 * @param oldReports the credential reports older than the sweep that it read: hints to read a blocked user, which say nothing of a
 *   later change
 */
export function checkUsers(
  verdict: Verdict,
  account: Account,
  loud: Loud,
  oldReports: readonly { readonly madeAt: number }[],
  graces: Graces,
  now: number,
): void {
  const { settings } = account;
  if (settings.mode === 'observe') return;
  for (const name of account.users) {
    const user = account.user(name);
    if (user === null) continue;
    const must = mustBeBlocked(user, settings, now);
    const blocked = account.isBlocked(name);
    const state = () =>
      `${user.path}${name} (${user.devices.length} devices, ${JSON.stringify(user.tags)}, ` +
      `${user.password ? 'a password' : 'no password'}, ${user.policies.length} policies)`;
    verdict.check(
      'blocked after the sweep',
      !must || blocked || graces.mayHaveTime(user) || isLoud(loud, name),
      () => `${state()} is not blocked`,
    );
    const stays = settings.unblock === 'never' && !isBreakGlass(user.tags);
    verdict.check(
      'unblocked',
      must || !blocked || stays || isLoud(loud, name) || isHintOld(account, name, oldReports),
      () => `${state()} is blocked`,
    );
  }
}

/** Checks after a sweep during which only the state table failed: failed messages do not explain a user who stays blocked. */
export function checkWithoutTable(verdict: Verdict, account: Account, now: number): void {
  const { settings } = account;
  for (const name of account.users) {
    const user = account.user(name);
    if (user === null || mustBeBlocked(user, settings, now)) continue;
    const stays = settings.unblock === 'never' && !isBreakGlass(user.tags);
    verdict.check(
      'unblocked without the table',
      stays || !account.isBlocked(name),
      () => `${name} is blocked (${user.devices.length} devices, ${JSON.stringify(user.tags)})`,
    );
  }
}

/**
 * Checks, when nothing is due and every user who waits for room was reviewed since the last change, that no user who was refused
 * and has been unprotected since then is left out while there is room.
 */
export function checkRefused(verdict: Verdict, account: Account, loud: Loud, now: number): void {
  const { settings } = account;
  if (settings.mode === 'observe') return;
  const blocked = account.blockedUsers().length;
  const limit = limitOf(settings, account.users.length);
  for (const name of account.users) {
    const user = account.user(name);
    const isUnprotected = (one: typeof user) =>
      one !== null && mustBeBlocked(one, settings, now) && !isBlocked(one, settings);
    const isRefused = loud.outcomes.some(
      (outcome) =>
        outcome.kind === 'breaker-open' &&
        outcome.users.includes(name) &&
        account
          .history(name)
          .filter(({ at }, index, all) => {
            const until = all[index + 1]?.at ?? now;
            return until > Date.parse(outcome.at) + CLOCK_OFF_MS && at <= now;
          })
          .every((version) => isUnprotected(version.user)),
    );
    if (user === null || !isRefused) continue;
    const isExplained =
      isAbout(loud.failedMessages, name) ||
      loud.outcomes.some((one) => one.kind === 'could-not-enforce' && one.user === name);
    verdict.check(
      'refused until there is room',
      account.isBlocked(name) || isExplained || blocked >= limit,
      () => `${name} was refused, and ${blocked} users are blocked under a limit of ${limit}`,
    );
  }
}

const CLOCK_OFF_MS = 10_000;

/** Checks a sweep that could not read the policies, the deny group or the credential report. */
export function checkParts(verdict: Verdict, outcomes: readonly Outcome[]): void {
  const finished = outcomes.find(({ kind }) => kind === 'sweep-finished');
  const parts = finished?.kind === 'sweep-finished' ? finished.failedParts : [];
  const named = ['policies', 'deny-group'].every((one) => parts.some(({ part }) => part === one));
  verdict.check('parts fail alone', named, () =>
    finished === undefined
      ? 'the sweep did not finish'
      : `the sweep names as failed only: ${parts.map(({ part }) => part).join(', ')}`,
  );
}

/** Whether a message is about a user, whose name may have any case in it. */
export function isAbout(bodies: readonly string[], name: string): boolean {
  return bodies.some((body) => body.toLowerCase().includes(`"${name}"`));
}

/** Whether people changed a user after a report that has the user's row. It has none of a user who was created since. */
function isHintOld(
  account: Account,
  name: string,
  reports: readonly { readonly madeAt: number }[],
): boolean {
  const history = account.history(name);
  return reports.some(({ madeAt }) => {
    const since = madeAt - LONGEST_LAG_MS;
    const later = history.filter(({ at }) => at > since);
    const existed = history.some(({ at, user }) => at <= madeAt && user !== null);
    return (
      existed &&
      later.some(({ by }) => by === 'people') &&
      !later.some(({ at, user }) => at > madeAt && user === null)
    );
  });
}

function isLoud(
  { outcomes, failedMessages, waiting, named, sweepFailed }: Loud,
  name: string,
): boolean {
  if (sweepFailed || isAbout(failedMessages, name)) return true;
  // A user who is refused again and again is named once.
  if (named.has(name) && isAbout(waiting, name)) return true;
  return outcomes.some(
    (outcome) =>
      (outcome.kind === 'could-not-enforce' && outcome.user === name) ||
      (outcome.kind === 'breaker-open' && outcome.users.includes(name)),
  );
}
