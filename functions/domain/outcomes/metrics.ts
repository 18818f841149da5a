import type { Cause } from '../../../events/cause.ts';
import type { Outcome, Reason } from '../../../events/outcome.ts';

/** Every metric, and its unit in CloudWatch. */
export const metricUnits = {
  /** From the event's time (whole seconds) until the user was blocked. */
  BlockLatency: 'Milliseconds',
  UnblockLatency: 'Milliseconds',
  /** Users reviewed, for any reason. */
  Reviews: 'Count',
  /** Blocks and unblocks by a sweep: the event did not arrive. */
  FoundBySweep: 'Count',
  CouldNotEnforce: 'Count',
  /** Users whom the open breaker refused. */
  BreakerOpen: 'Count',
  /** The heartbeat: a sweep of the account, or of the whole organization, finished and its outcome was published. */
  SweepsFinished: 'Count',
  /** Accounts of an organization that its sweep could not read. */
  AccountsUnswept: 'Count',
  /** From the IAM call of a probe until on-iam-change had its event. */
  EventPathLatency: 'Milliseconds',
  /** Accounts whose probe did not come back as an event in time. */
  AccountsUnproven: 'Count',
} as const;

export type MetricName = keyof typeof metricUnits;
export type Metrics = Readonly<Partial<Record<MetricName, number>>>;

/** The parts of a review's result that are counted. */
interface Reviewed {
  readonly kind: 'reviewed' | 'gone' | 'stale' | 'breaker-open';
  readonly outcomes?: readonly Outcome[];
  /** A refused user was already named and counted. */
  readonly named?: boolean;
}

/**
 * What a review adds to the metrics.
 * @param now when it was done
 * @param waited the user was refused before and waited for room, which is not the enforcer's latency
 * @returns no metrics for a stale review, which is repeated
 */
export function reviewMetrics(
  { kind, outcomes, named = false }: Reviewed,
  now: Date,
  waited = false,
): Metrics {
  if (kind === 'stale') return {};
  const about =
    outcomes?.map((outcome) =>
      waited && outcome.kind === 'user-blocked' ? {} : outcomeMetrics(outcome, now),
    ) ?? [];
  const refused = kind === 'breaker-open' && !named ? { BreakerOpen: 1 } : {};
  return Object.assign({ Reviews: 1 }, refused, ...about) as Metrics;
}

/**
 * What an account's sweep that has finished adds to the metrics.
 * @param rolledUp the sweep is part of an organization's sweep, whose end is the heartbeat
 */
export function sweepMetrics(outcomes: readonly Outcome[], rolledUp: boolean): Metrics {
  const beyond = outcomes.flatMap((one) => (one.kind === 'breaker-open' ? [one.total] : []));
  return {
    ...(rolledUp ? {} : { SweepsFinished: 1 }),
    ...(beyond[0] === undefined ? {} : { BreakerOpen: beyond[0] }),
  };
}

/** The other stages measure the breaker and sweeps. The remaining kinds are not counted. */
function outcomeMetrics(outcome: Outcome, now: Date): Metrics {
  if (outcome.kind === 'user-blocked') return enforcedMetrics('BlockLatency', outcome, now);
  if (outcome.kind === 'user-unblocked') return enforcedMetrics('UnblockLatency', outcome, now);
  return outcome.kind === 'could-not-enforce' ? { CouldNotEnforce: 1 } : {};
}

function enforcedMetrics(
  latency: 'BlockLatency' | 'UnblockLatency',
  { cause, reasons }: { readonly cause: Cause; readonly reasons: readonly Reason[] },
  now: Date,
): Metrics {
  const has = (code: string) => reasons.some((reason) => reason.code === code);
  // The user had time to enrol, which is not the enforcer's latency.
  if (has('grace-over')) return {};
  if (cause.kind === 'event') {
    // CloudTrail's clock may be ahead of ours.
    return { [latency]: Math.max(0, now.getTime() - Date.parse(cause.eventTime)) };
  }
  // No event reports the end of an exemption's last day, so the sweep is the one to find it.
  return has('exemption-ended') ? {} : { FoundBySweep: 1 };
}
