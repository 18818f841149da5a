import { type Actor, type Cause, causeId } from '../../../events/cause.ts';
import type { UserChange } from '../../../events/message.ts';
import { nameKey } from '../../../events/names.ts';
import type { Settings } from '../rules/settings.ts';
import { isRemovalOfOurs } from './deletion-pause.ts';
import { isOurs } from './tasks.ts';

/** A removal of a user's block. */
export interface Removal {
  readonly eventId: string;
  /** ISO 8601. */
  readonly at: string;
  /** The key of the actor: see `actorKey`. */
  readonly by: string;
}

/** What is remembered of the removals of a user's block. */
export interface Removals {
  /** Those of the last hour, oldest first. */
  readonly last: readonly Removal[];
  /** When the outcome was published, ISO 8601. */
  readonly reportedAt?: string | undefined;
}

/** An actor removed a block again and again, which was not reported within the last hour. */
export interface Contest {
  /** The latest of the removals. */
  readonly change: UserChange;
  /** Removals by its actor within an hour. */
  readonly count: number;
}

/** A block that waits, since an actor removes it again and again. */
export interface ContestWait {
  /** Removals by the actor of the latest one within an hour. */
  readonly count: number;
  /** Until the user is blocked again; more than 0. */
  readonly seconds: number;
}

/** For how long removals count. */
export const CONTEST_MS = 60 * 60_000;
const CONTESTED_FROM = 3;
/** The wait after the third removal. It doubles with each further one. */
const FIRST_WAIT_MS = 30_000;
/** As long as a deletion pause: an attacker gains no more by many removals than by one with MFA. */
const LONGEST_WAIT_MS = 5 * 60_000;
/** More do not change the wait. */
const REMEMBERED = 20;

/**
 * Adds the removals among a user's changes. The enforcer's own calls are none.
 * @param changes oldest first
 */
export function withRemovals(
  removals: Removals,
  changes: readonly UserChange[],
  settings: Pick<Settings, 'policyArn' | 'denyGroup' | 'enforcerRole'>,
  now: Date,
): Removals {
  const { last } = removals;
  const added = changes
    .filter((change) => isRemovalOfOurs(change, settings))
    .filter(({ cause }) => !isOurs(cause, settings.enforcerRole))
    .filter(({ cause }) => last.every(({ eventId }) => eventId !== causeId(cause)))
    .flatMap(({ cause }) =>
      // Stryker disable next-line ConditionalExpression,ArrayDeclaration: only an event removes; the compiler needs the check
      cause.kind === 'event' ? [removalOf(cause)] : [],
    );
  const all = [...last, ...added]
    .filter(({ at }) => now.getTime() - Date.parse(at) < CONTEST_MS)
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return { ...removals, last: all.slice(-REMEMBERED) };
}

function removalOf({ eventId, eventTime, actor }: Extract<Cause, { kind: 'event' }>): Removal {
  return { eventId, at: eventTime, by: actorKey(actor) };
}

/**
 * The contest to report. The event of a removal may arrive when another review has already blocked the user again, so each
 * review of a removal asks.
 * @param changes of the user, oldest first; their removals are among `last`
 * @returns null where none of them continues a contest, or it was reported within the last hour
 */
export function contestToReport(
  { last, reportedAt }: Removals,
  changes: readonly UserChange[],
  now: Date,
): Contest | null {
  if (now.getTime() - Date.parse(String(reportedAt)) < CONTEST_MS) return null;
  const contests = changes.flatMap((change) => {
    const removal = last.find(({ eventId }) => eventId === causeId(change.cause));
    const count = countOf(removal, last);
    return count < CONTESTED_FROM ? [] : [{ change, count }];
  });
  return contests.at(-1) ?? null;
}

/**
 * How long the next block waits, whatever asks for it: the event of another change would otherwise end the wait. A removal
 * while the user waits for a block begins no wait, or nobody would ever be blocked again whose policy is detached every few minutes.
 * @returns null where the user is to be blocked now
 */
export function contestWait({ last }: Removals, now: Date): ContestWait | null {
  let until = 0;
  let count = 0;
  for (const [index, removal] of last.entries()) {
    const at = Date.parse(removal.at);
    if (at < until) continue;
    count = countOf(removal, last.slice(0, index + 1));
    const wait = FIRST_WAIT_MS * 2 ** (count - CONTESTED_FROM);
    until = count < CONTESTED_FROM ? 0 : at + Math.min(LONGEST_WAIT_MS, wait);
  }
  const left = until - now.getTime();
  if (left <= 0) return null;
  // A clock that is ahead must not make the wait longer.
  return { count, seconds: Math.ceil(Math.min(left, LONGEST_WAIT_MS) / 1000) };
}

/** How many removals the actor of a removal made. */
function countOf(removal: Removal | undefined, last: readonly Removal[]): number {
  return last.filter(({ by }) => by === removal?.by).length;
}

/** Each run of a tool has a session of its own, so a role counts, not its session. */
function actorKey({ type, name }: Actor): string {
  return nameKey(`${type}/${type === 'AssumedRole' ? name.split('/')[0] : name}`);
}
