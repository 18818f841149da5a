import { type Cause, causeTime, isCreation } from '../../../events/cause.ts';
import type { UserChange } from '../../../events/message.ts';
import type { GraceStep, Reason } from '../../../events/outcome.ts';
import type { ReviewRequest } from '../../../events/requests.ts';
import type { Decision } from '../rules/decide.ts';
import type { Settings } from '../rules/settings.ts';
import type { Profile } from '../rules/user-facts.ts';
import type { LoggedActions } from './action-log.ts';
import { isRemovalOfOurs } from './deletion-pause.ts';
import { dueTogether, MINUTE_SECONDS, MOST_SECONDS } from './refused-users.ts';
import { isFresh } from './stale-reads.ts';

/** An account's grace periods. */
export interface AccountGrace {
  /** When the enforcer first had to block a user of the account while GraceHours was set, ISO 8601. */
  readonly since: string;
  /** When the first sweep began that gave all users without an MFA device time. Absent until it has finished. ISO 8601. */
  readonly sweptAt?: string | undefined;
}

/** One user's grace period, by the user's ID: it survives a new name, and a new user of the old name has another one. */
export interface UserGrace {
  /** ISO 8601. */
  readonly since: string;
  /** The end that the reminders named, ISO 8601. Absent before the first one. */
  readonly until?: string | undefined;
  /** The reminders that were published. With another GraceHours they named a wrong hour, and the user gets a new one. */
  readonly reminded: readonly GraceStep[];
  /** Why it ended before its time. */
  readonly ended?: GraceEnd | undefined;
}

/** A user who had an MFA device, or was blocked, gets no time to enrol. */
export type GraceEnd = 'had-mfa' | 'was-blocked';

/** Whether a user without an MFA device has time to enrol. */
export type Grace =
  | {
      readonly kind: 'running';
      readonly since: Date;
      /** The user is blocked then. */
      readonly until: Date;
      /** The reminder to publish now. */
      readonly due: GraceStep | null;
      /** When there is something to do next. */
      readonly next: Date;
    }
  | { readonly kind: 'none'; readonly reason: Reason };

const HOUR_MS = 60 * 60_000;
/** The last reminder comes this long before the block. */
const LAST_REMINDER_MS = 2 * HOUR_MS;

/** What a grace period depends on, besides the user. */
export interface GraceRecords {
  /** Null before the first user of the account gets time. */
  readonly account: AccountGrace | null;
  /** Null for a user whom no review or sweep has recorded. */
  readonly user: UserGrace | null;
}

/**
 * Whether a user without an MFA device has time to enrol. A user who was created after enforcement began has it from the creation on. A
 * user who was there before has it from that begin on, if the account's first sweep or an event before it found the user without a device. So no tag, name or deployment begins it again.
 * @param profile when the user was created; a user without a date counts as old
 * @param end what a review knows that ends the grace period
 * @param now decides which reminder is due, and whether the time is over
 */
export function graceOf(
  { createdAt }: Pick<Profile, 'createdAt'>,
  { account, user }: GraceRecords,
  { graceHours }: Pick<Settings, 'graceHours'>,
  end: GraceEnd | null,
  now: Date,
): Grace {
  const ended = user?.ended ?? end;
  if (ended !== null) return { kind: 'none', reason: endReasons[ended] };
  const created = createdAt?.getTime() ?? 0;
  const begin = account === null ? now.getTime() : Date.parse(account.since);
  // A sweep does not see users who are created while it runs.
  const isOld = created <= Math.min(begin, Date.parse(String(account?.sweptAt)));
  if (user === null && isOld) return { kind: 'none', reason: notNew };
  // It may be ahead of this instance's clock by seconds: another instance finds the same time.
  const begun = Math.max(created, begin);
  // A later time in the record was not written by the enforcer.
  const since = Math.min(begun, user === null ? begun : Date.parse(user.since));
  // Stryker disable next-line ArrayDeclaration: it contains no step in either case
  return graceAt({ reminded: [], ...user, since: new Date(since).toISOString() }, graceHours, now);
}

/** The grace period of a recorded user, of whom nothing else is read. */
export function graceAt(user: UserGrace, graceHours: number, now: Date): Grace {
  if (user.ended !== undefined) return { kind: 'none', reason: endReasons[user.ended] };
  const since = Date.parse(user.since);
  const until = new Date(since + graceHours * HOUR_MS);
  if (until <= now) return { kind: 'none', reason: over };
  const later = reminders(since, until.getTime());
  const step = later.findLast(({ at }) => at <= now.getTime())?.step ?? 'started';
  const isNamed = user.until === until.toISOString();
  const next = later.find(({ at }) => at > now.getTime())?.at ?? until.getTime();
  return {
    kind: 'running',
    since: new Date(since),
    until,
    due: isNamed && user.reminded.includes(step) ? null : step,
    next: new Date(next),
  };
}

/** The steps after the begin: at half time, and two hours before the end if that is not earlier. Times in ms since 1970. */
function reminders(since: number, until: number) {
  const half = since + (until - since) / 2;
  const both = [
    { step: 'half-time', at: half },
    { step: 'last', at: until - LAST_REMINDER_MS },
  ] as const;
  return both.filter(({ at }) => at >= half);
}

const endReasons: Readonly<Record<GraceEnd, Reason>> = {
  'had-mfa': { code: 'grace-had-mfa', text: 'no time to enrol: the user had an MFA device' },
  'was-blocked': {
    code: 'grace-was-blocked',
    text: 'no time to enrol: the user was blocked before',
  },
};
const over: Reason = { code: 'grace-over', text: 'the time to enrol is over' };
const notNew: Reason = {
  code: 'grace-not-new',
  text: 'no time to enrol: the user is not new',
};

/**
 * Whether a reading shows an earlier user of the name: a fresh event says that the user was created after that. IAM's date and the
 * event's time have whole seconds.
 * @param changes of the user
 */
export function isEarlierUser(
  changes: readonly UserChange[],
  { createdAt }: Pick<Profile, 'createdAt'>,
  now: Date,
): boolean {
  return changes.some(({ cause }) => {
    const at = causeTime(cause);
    return isCreation(cause) && isFresh(new Date(at), now) && Number(createdAt) < at - SECOND_MS;
  });
}

const SECOND_MS = 1000;

/**
 * What a review knows that ends a grace period: an event about the user's own MFA device, the removal of a block, or a block in the
 * action log. A block of an earlier user of the name does not count.
 */
export function graceEnd(
  changes: readonly UserChange[],
  { published, pending, unpublished }: Pick<LoggedActions, 'published' | 'pending' | 'unpublished'>,
  { createdAt }: Pick<Profile, 'createdAt'>,
  settings: Pick<Settings, 'policyArn' | 'denyGroup'>,
): GraceEnd | null {
  const created = createdAt?.getTime() ?? 0;
  const own = changes.filter(
    ({ cause, hint }) => !hint && cause.kind === 'event' && causeTime(cause) >= created,
  );
  if (own.some(({ expects }) => expects.devices !== undefined)) return 'had-mfa';
  const isSinceThen = (at: string) => Date.parse(at) >= created;
  const wasBlocked =
    own.some((change) => isRemovalOfOurs(change, settings)) ||
    published.some(({ action, at }) => action === 'block' && isSinceThen(at)) ||
    [...unpublished, pending?.outcome].some(
      (outcome) => outcome?.kind === 'user-blocked' && isSinceThen(outcome.at),
    );
  return wasBlocked ? 'was-blocked' : null;
}

/** The message in which a user waits for the next step of a grace period. */
export function graceRequest(account: string, user: string, cause: Cause, userId: string): string {
  const request: ReviewRequest = {
    schema: 'mfa-enforcer/review-request/1',
    account,
    user,
    cause,
    otherMethods: true,
    graceUserId: userId,
  };
  return JSON.stringify(request);
}

/**
 * How long the message waits: until the next step, or as long as SQS delays a message. It ends on a full minute, so that the copies of a
 * message that SQS delivers twice meet in a batch, which waits once.
 * @returns seconds, at least 1
 */
export function secondsUntilStep(next: Date, now: Date): number {
  const seconds = Math.max(1, (next.getTime() - now.getTime()) / 1000);
  return Math.ceil(dueTogether(Math.min(MOST_SECONDS, seconds), MINUTE_SECONDS, now));
}

/** The decision on a user who has time to enrol: nothing is done yet. Observe mode, which gives no time, says what would be first. */
export function withGrace(
  decision: Decision,
  grace: Grace,
  { mode, graceHours }: Pick<Settings, 'mode' | 'graceHours'>,
): Decision {
  const and = (reason: Reason) => ({ ...decision, reasons: [...decision.reasons, reason] });
  if (grace.kind === 'none') return and(grace.reason);
  if (mode === 'observe') {
    return and({ code: 'grace-first', text: `has ${graceHours} hours to enrol first` });
  }
  const text = `has time to enrol until ${timeText(grace.until)}`;
  return { ...and({ code: 'grace', text }), action: 'none' };
}

/** The decision on a user of whom the time to enrol could not be read: it stays, and its reasons say so. */
export function withUnknownGrace(decision: Decision, problem: Reason): Decision {
  const text = `may have time to enrol, which is not known: ${problem.text}`;
  return { ...decision, reasons: [...decision.reasons, { code: 'grace-not-known', text }] };
}

/** To the minute: 2026-03-01 12:00 UTC. */
function timeText(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
