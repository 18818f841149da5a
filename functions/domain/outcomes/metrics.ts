import type { Cause } from '../../../events/cause.ts';
import type { Outcome, Reason } from '../../../events/outcome.ts';

/** Every metric, and its unit in CloudWatch. */
export const metricUnits = {
  /** From the event's time (whole seconds) until the user was blocked. */
  BlockLatency: 'Milliseconds',
  UnblockLatency: 'Milliseconds',
  /** Users looked at, for whatever reason. */
  Reviews: 'Count',
  /** Blocked or unblocked because a sweep asked, not an event: the event did not come. */
  FoundBySweep: 'Count',
  CouldNotEnforce: 'Count',
  /** Users whom the open breaker kept from being blocked. */
  BreakerOpen: 'Count',
  /** The heartbeat: a sweep of the account, or of the whole organization, is over and told of. */
  SweepsFinished: 'Count',
  /** Of an organization: accounts that its sweep could not read. */
  AccountsUnswept: 'Count',
} as const;

export type MetricName = keyof typeof metricUnits;
export type Metrics = Readonly<Partial<Record<MetricName, number>>>;

/** What came of a review, as far as it is counted. */
interface Reviewed {
  readonly kind: 'reviewed' | 'gone' | 'stale' | 'breaker-open';
  readonly outcomes?: readonly Outcome[];
  /** Of a refused user: was named, and counted, before. */
  readonly named?: boolean;
}

/**
 * What a review adds to the metrics.
 * @param now when it was done, and nothing told of it yet
 * @param waited the user was refused before, and waited for room: how long says nothing of the enforcer's speed
 * @returns nothing for a stale one: it comes again
 */
export function reviewMetrics(
  { kind, outcomes = [], named = false }: Reviewed,
  now: Date,
  waited = false,
): Metrics {
  if (kind === 'stale') return {};
  const about = outcomes.map((outcome) =>
    waited && outcome.kind === 'user-blocked' ? {} : outcomeMetrics(outcome, now),
  );
  const refused = kind === 'breaker-open' && !named ? { BreakerOpen: 1 } : {};
  return Object.assign({ Reviews: 1 }, refused, ...about) as Metrics;
}

/**
 * What an account's sweep that has finished adds to the metrics.
 * @param rolledUp it is part of an organization's sweep, whose end is the heartbeat
 */
export function sweepMetrics(outcomes: readonly Outcome[], rolledUp: boolean): Metrics {
  const beyond = outcomes.flatMap((one) => (one.kind === 'breaker-open' ? [one.total] : []));
  return {
    ...(rolledUp ? {} : { SweepsFinished: 1 }),
    ...(beyond[0] === undefined ? {} : { BreakerOpen: beyond[0] }),
  };
}

function outcomeMetrics(outcome: Outcome, now: Date): Metrics {
  switch (outcome.kind) {
    case 'user-blocked':
      return enforcedMetrics('BlockLatency', outcome, now);
    case 'user-unblocked':
      return enforcedMetrics('UnblockLatency', outcome, now);
    case 'could-not-enforce':
      return { CouldNotEnforce: 1 };
    // The breaker and sweeps are measured where they happen.
    case 'breaker-open':
    case 'sweep-finished':
    case 'organization-swept':
    case 'account-unreachable':
    case 'exemption-seen':
    case 'mfa-device-added-by-other':
    case 'policy-changed':
    case 'tampering-seen':
      return {};
    // Stryker disable next-line ConditionalExpression: nothing comes here, as the compiler sees
    default:
      return outcome satisfies never;
  }
}

function enforcedMetrics(
  latency: 'BlockLatency' | 'UnblockLatency',
  { cause, reasons }: { readonly cause: Cause; readonly reasons: readonly Reason[] },
  now: Date,
): Metrics {
  if (cause.kind === 'event') {
    // CloudTrail's clock is not ours.
    return { [latency]: Math.max(0, now.getTime() - Date.parse(cause.eventTime)) };
  }
  // An exemption ends with its day, of which no event tells: the sweep is its proper place.
  return reasons.some(({ code }) => code === 'exemption-ended') ? {} : { FoundBySweep: 1 };
}
