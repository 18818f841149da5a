import { causeId } from '../../../events/cause.ts';
import type { Outcome, OutcomeOf } from '../../../events/outcome.ts';
import { type Metrics, reviewMetrics, sweepMetrics } from '../../domain/outcomes/metrics.ts';
import type { ReviewTask } from '../../domain/review/tasks.ts';
import { emfLine } from '../../render/emf.ts';
import { type ReviewResult, userOf } from './review-result.ts';

/** The dependencies of metrics. */
export interface Meter {
  /** The stack: the metrics' only dimension. */
  readonly stack: string;
  readonly now: () => Date;
  /** Writes to standard output, independent of the log level. */
  readonly writeMetrics: (line: string) => void;
}

/** Measures a review. Call it before the publication: an action counts even if it cannot be published. */
export function measureReview(meter: Meter, task: ReviewTask, result: ReviewResult): void {
  const { account, cause } = task;
  const user = userOf(task, result);
  const metrics = reviewMetrics(result, meter.now(), task.refusedSince !== null);
  const eventName = cause.kind === 'event' ? { eventName: cause.eventName } : {};
  write(meter, metrics, { account, user, cause: causeId(cause), ...eventName });
}

/** Measures an account's finished sweep. Call it last: for a single account it is the heartbeat. */
export function measureSweep(
  meter: Meter,
  { account, sweepId }: OutcomeOf<'sweep-finished'>,
  outcomes: readonly Outcome[],
  rolledUp: boolean,
): void {
  write(meter, sweepMetrics(outcomes, rolledUp), { account, cause: sweepId });
}

/** Measures an organization's finished sweep: the heartbeat. Call it last. */
export function measureRollUp(
  meter: Meter,
  { sweepId, organization }: { readonly sweepId: string; readonly organization: string },
  unswept: number,
): void {
  const metrics = { SweepsFinished: 1, AccountsUnswept: unswept };
  write(meter, metrics, { cause: sweepId, organization });
}

function write(
  { stack, now, writeMetrics }: Meter,
  metrics: Metrics,
  properties: Readonly<Record<string, string>>,
): void {
  const line = emfLine(stack, metrics, properties, now());
  if (line !== null) writeMetrics(line);
}
