import type { Outcome } from '../../../events/outcome.ts';

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

/**
 * Sweeps find the same problem night after night, and it is sent once.
 * @returns the key under which outcomes are compared; null for an outcome that is always sent, such as every block
 */
export function dedupKey(outcome: Outcome): string | null {
  const { kind, account } = outcome;
  if (kind === 'organization-swept') return `${kind}/${outcome.organization}`;
  if (kind === 'sweep-finished') return `${kind}/${account}`;
  // A sweep and every event in the account find the same: the account cannot be read.
  if (kind === 'account-unreachable') return `${kind}/${account}`;
  if (!('cause' in outcome) || outcome.cause.kind !== 'sweep') return null;
  switch (kind) {
    case 'could-not-enforce':
      return `${kind}/${account}/${outcome.user}`;
    case 'policy-changed':
      // A restored policy is an action, not a problem that lasts.
      return outcome.state === 'restored' ? null : `${kind}/${outcome.policyArn}`;
    case 'tampering-seen':
    case 'breaker-open':
      return `${kind}/${account}`;
    // Each of these is always sent.
    case 'user-blocked':
    case 'user-unblocked':
    case 'exemption-seen':
    case 'mfa-device-added-by-other':
      return null;
    // Stryker disable next-line ConditionalExpression: unreachable, as the compiler proves
    default:
      return kind satisfies never;
  }
}

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

/** The failed parts and their accounts, without the errors' texts, which may change from night to night. */
function partsOf({
  failedParts,
}: {
  readonly failedParts: readonly { readonly part: string; readonly account?: string }[];
}): unknown[] {
  return failedParts.map(({ account, part }) => [account, part]);
}

/** The content of an outcome that makes it new. The time and the sweep that found it do not count. */
function fingerprint(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'sweep-finished': {
      const { mode, differences, differing, blockedUsers, breakGlassWithoutMfa, endingExemptions } =
        outcome;
      const { blocked, unprotected, exempt } = outcome.totals;
      const users = differing.map(({ user, action }) => [user, action]);
      const totals = [differences, blocked, unprotected, exempt];
      return JSON.stringify([
        partsOf(outcome),
        mode,
        totals,
        users,
        blockedUsers,
        breakGlassWithoutMfa,
        endingExemptions,
      ]);
    }
    case 'breaker-open':
      return JSON.stringify([outcome.mode, outcome.total, outcome.users, outcome.limit]);
    case 'could-not-enforce':
      return JSON.stringify([outcome.why, outcome.reasons]);
    case 'policy-changed':
      return JSON.stringify([outcome.state, outcome.versionId]);
    case 'tampering-seen':
      return outcome.what;
    case 'account-unreachable':
      return outcome.why.code;
    case 'organization-swept': {
      const { mode, accounts, differences, totals, unswept, withFindings } = outcome;
      const { breakGlassWithoutMfa, endingExemptions } = outcome;
      const { blocked, unprotected, exempt } = totals;
      return JSON.stringify([
        partsOf(outcome),
        mode,
        accounts,
        [differences, blocked, unprotected, exempt],
        unswept.map(({ account, why }) => [account, why.code]),
        withFindings.map((one) => [
          one.account,
          one.mode,
          one.totals.blocked,
          one.totals.unprotected,
        ]),
        breakGlassWithoutMfa.map(({ account, user }) => [account, user]),
        endingExemptions.map(({ account, user, until }) => [account, user, until]),
      ]);
    }
    case 'user-blocked':
    case 'user-unblocked':
    case 'exemption-seen':
    case 'mfa-device-added-by-other':
      return outcome.id;
    // Stryker disable next-line ConditionalExpression: unreachable, as the compiler proves
    default:
      return outcome satisfies never;
  }
}
