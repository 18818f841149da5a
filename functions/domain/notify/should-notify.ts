import type { Outcome } from '../../../events/outcome.ts';

/** What is remembered of one kind of news. */
export interface LastNotification {
  /** What was told last, and when (ISO 8601). */
  readonly sent: Outcome;
  readonly sentAt: string;
  /** What was seen last, told or not, and when (ISO 8601). */
  readonly seen: Outcome;
  readonly seenAt: string;
}

// Told of again once a week: what still needs a person, and that all is still well.
const REMIND_AFTER_MS = 7 * 24 * 60 * 60 * 1000;
// Sweeps run every night: what one of them did not find was over, and has come back.
const OVER_AFTER_MS = 36 * 60 * 60 * 1000;

/**
 * Sweeps find the same things night after night; these are told once.
 * @returns what the outcome is the latest news of; null where it is news by itself, as every block is
 */
export function dedupKey(outcome: Outcome): string | null {
  const { kind, account } = outcome;
  if (kind === 'organization-swept') return `${kind}/${outcome.organization}`;
  if (kind === 'sweep-finished') return `${kind}/${account}`;
  // A sweep and every event there find the same: nobody in the account can be looked at.
  if (kind === 'account-unreachable') return `${kind}/${account}`;
  if (!('cause' in outcome) || outcome.cause.kind !== 'sweep') return null;
  switch (kind) {
    case 'could-not-enforce':
      return `${kind}/${account}/${outcome.user}`;
    case 'policy-changed':
      // That it was put back is something done, not something that lasts.
      return outcome.state === 'restored' ? null : `${kind}/${outcome.policyArn}`;
    case 'tampering-seen':
    case 'breaker-open':
      return `${kind}/${account}`;
    // Each of these is news by itself.
    case 'user-blocked':
    case 'user-unblocked':
    case 'exemption-seen':
    case 'mfa-device-added-by-other':
      return null;
    // Stryker disable next-line ConditionalExpression: nothing comes here, as the compiler sees
    default:
      return kind satisfies never;
  }
}

/** The key of what shows, once it is seen, that the outcome's trouble was over by then; null where nothing does. */
export function resolvedBy({ kind, account }: Outcome): string | null {
  return kind === 'account-unreachable' ? `sweep-finished/${account}` : null;
}

/** Whether it is told with others, by another outcome, and needs no telling of its own. */
export function isCoveredElsewhere(outcome: Outcome): boolean {
  if (outcome.kind === 'sweep-finished') return outcome.rolledUp;
  // A sweep's summary names the accounts that it could not reach: hundreds, in the first night of a roll-out.
  return outcome.kind === 'account-unreachable' && outcome.cause.kind === 'sweep';
}

/**
 * Whether an outcome says anything that was not told already.
 * @param last what is remembered under its dedupKey, or null
 * @param over what was seen last under its resolvedBy, or null
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
  // A late duplicate of an older sweep would undo what was told since.
  if (isOlder(outcome, last.seen)) return false;
  if (now.getTime() - Date.parse(last.sentAt) >= REMIND_AFTER_MS) return true;
  if (isClean(outcome)) {
    // All is well: what was put right has been told by itself.
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
  // Stryker disable next-line ConditionalExpression,LogicalOperator: no other kind has differences; the compiler wants it said
  if (outcome.kind !== 'organization-swept' && outcome.kind !== 'sweep-finished') return false;
  if (outcome.differences > 0 || outcome.failedParts.length > 0) return false;
  return outcome.kind === 'sweep-finished' || outcome.accounts.unswept === 0;
}

/** What of a sweep wants a person's attention, though the sweep has nothing to put right. */
function attention(outcome: Outcome): string[] {
  // Stryker disable next-line ArrayDeclaration: what is known of another kind is looked for by nothing
  if (outcome.kind !== 'sweep-finished' && outcome.kind !== 'organization-swept') return [];
  const { breakGlassWithoutMfa, endingExemptions, startedAt } = outcome;
  // Each announcement is news, a week before the end as well as a day before; not twice on one day.
  const day = startedAt.slice(0, 10);
  return [
    ...breakGlassWithoutMfa.map((one) => `break-glass/${whose(one)}`),
    ...endingExemptions.map((one) => `exemption/${whose(one)}/${one.until}/${day}`),
  ];
}

type Whose = string | { readonly user: string; readonly account?: string };

/** A user of the sweep's own account, or of one of an organization's. */
function whose(one: Whose): string {
  return typeof one === 'string' ? one : [one.account, one.user].join();
}

function isOlder(outcome: Outcome, last: Outcome): boolean {
  // Stryker disable next-line ConditionalExpression,LogicalOperator: no time is before none; the compiler wants it said
  if (!('startedAt' in outcome && 'startedAt' in last)) return false;
  return Date.parse(outcome.startedAt) < Date.parse(last.startedAt);
}

/** Which parts could not be done, and where: an error's words may change from night to night. */
function partsOf({
  failedParts,
}: {
  readonly failedParts: readonly { readonly part: string; readonly account?: string }[];
}): unknown[] {
  return failedParts.map(({ account, part }) => [account, part]);
}

/** What of an outcome makes it news: not when, and not by which sweep it was found. */
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
    // Stryker disable next-line ConditionalExpression: nothing comes here, as the compiler sees
    default:
      return outcome satisfies never;
  }
}
