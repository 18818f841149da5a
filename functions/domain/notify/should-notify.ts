import type { Outcome } from '../../../events/outcome.ts';
import { fingerprint } from './dedup.ts';

/** The last notification under one dedupKey. */
export interface LastNotification {
  /** The last outcome that was sent, and when (ISO 8601). */
  readonly sent: Outcome;
  readonly sentAt: string;
  /** The last outcome that was seen, sent or not, and when (ISO 8601). */
  readonly seen: Outcome;
  readonly seenAt: string;
}

// A reminder once a week, both for a problem that lasts and for a clean account.
const REMIND_AFTER_MS = 7 * 24 * 60 * 60 * 1000;
// Sweeps run every night: a problem that was not seen for this long was over and has come back.
const OVER_AFTER_MS = 36 * 60 * 60 * 1000;

/** The dedupKey of the outcomes that show that the outcome's problem is over; null where there are none. */
export function resolvedBy({ kind, account }: Outcome): string | null {
  return kind === 'account-unreachable' ? `sweep-finished/${account}` : null;
}

/** Whether another outcome's message covers the outcome, so that it needs no message of its own. */
export function isCoveredElsewhere(outcome: Outcome): boolean {
  if (outcome.kind === 'sweep-finished') return outcome.rolledUp;
  // A sweep's summary names the accounts that it could not reach: hundreds, in the first night of a roll-out.
  return outcome.kind === 'account-unreachable' && outcome.cause.kind === 'sweep';
}

/**
 * Whether an outcome says anything that was not sent already.
 * @param last the last notification under its dedupKey, or null
 * @param over the last outcome seen under its resolvedBy, or null
 * @param now decides whether it is time for a reminder
 */
export function shouldNotify(
  outcome: Outcome,
  last: LastNotification | null,
  over: Outcome | null,
  now: Date,
): boolean {
  if (isCoveredElsewhere(outcome)) return false;
  if (last === null) return true;
  // A late duplicate of an older sweep must not replace newer messages.
  if (isOlder(outcome, last.seen)) return false;
  if (now.getTime() - Date.parse(last.sentAt) >= REMIND_AFTER_MS) return true;
  if (isClean(outcome)) {
    // A clean sweep: every correction had a message of its own.
    const known = new Set(attention(last.seen));
    return attention(outcome).some((one) => !known.has(one));
  }
  if (now.getTime() - Date.parse(last.seenAt) >= OVER_AFTER_MS) return true;
  if (over !== null && isBetween(over, last.seen, outcome)) return true;
  return fingerprint(outcome) !== fingerprint(last.seen);
}

function isBetween({ at }: Outcome, before: Outcome, after: Outcome): boolean {
  return Date.parse(before.at) < Date.parse(at) && Date.parse(at) < Date.parse(after.at);
}

function isClean(outcome: Outcome): boolean {
  // Stryker disable next-line ConditionalExpression,LogicalOperator: no other kind has differences; the compiler needs the check
  if (outcome.kind !== 'organization-swept' && outcome.kind !== 'sweep-finished') return false;
  if (outcome.differences > 0 || outcome.failedParts.length > 0) return false;
  return outcome.kind === 'sweep-finished' || outcome.accounts.unswept === 0;
}

/** The points of a sweep that need a person although the sweep has nothing to correct. */
function attention(outcome: Outcome): string[] {
  // Stryker disable next-line ArrayDeclaration: no caller asks for another kind's points
  if (outcome.kind !== 'sweep-finished' && outcome.kind !== 'organization-swept') return [];
  const { breakGlassWithoutMfa, endingExemptions, startedAt } = outcome;
  // An ending exemption is announced a week and a day before its end, and not twice on one day.
  const day = startedAt.slice(0, 10);
  return [
    ...breakGlassWithoutMfa.map((one) => `break-glass/${whose(one)}`),
    ...endingExemptions.map((one) => `exemption/${whose(one)}/${one.until}/${day}`),
  ];
}

type Whose = string | { readonly user: string; readonly account?: string };

/** A user of the sweep's own account, or of an account of the organization. */
function whose(one: Whose): string {
  return typeof one === 'string' ? one : [one.account, one.user].join();
}

function isOlder(outcome: Outcome, last: Outcome): boolean {
  // Stryker disable next-line ConditionalExpression,LogicalOperator: a comparison with no time is false; the compiler needs the check
  if (!('startedAt' in outcome && 'startedAt' in last)) return false;
  return Date.parse(outcome.startedAt) < Date.parse(last.startedAt);
}
