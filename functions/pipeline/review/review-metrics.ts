import { causeId } from '../../../events/cause.ts';
import type { Outcome } from '../../../events/outcome.ts';
import { type Metrics, reviewMetrics, sweepMetrics } from '../../domain/outcomes/metrics.ts';
import type { ReviewTask } from '../../domain/review/tasks.ts';
import { emfLine } from '../../render/emf.ts';
import { type ReviewResult, userOf } from './review-result.ts';

/** What metrics are written with. */
export interface Meter {
  /** The stack: the metrics' only dimension. */
  readonly stack: string;
  readonly now: () => Date;
  /** Writes to standard output as it is: no level of the log may silence a metric. */
  readonly writeMetrics: (line: string) => void;
}

/** Measures a review. To be called before it is told of: what was done counts, whether it can be told or not. */
export function measureReview(meter: Meter, task: ReviewTask, result: ReviewResult): void {
  const { account, cause } = task;
  const user = userOf(task, result);
  const metrics = reviewMetrics(result, meter.now(), task.refusedSince !== null);
  const eventName = cause.kind === 'event' ? { eventName: cause.eventName } : {};
  write(meter, metrics, { account, user, cause: causeId(cause), ...eventName });
}

/** Measures an account's sweep that has finished. To be called last: where it is a sweep by itself, it is the heartbeat. */
export function measureSweep(
  meter: Meter,
  { account, sweepId }: Extract<Outcome, { kind: 'sweep-finished' }>,
  outcomes: readonly Outcome[],
  rolledUp: boolean,
): void {
  write(meter, sweepMetrics(outcomes, rolledUp), { account, cause: sweepId });
}

/** Measures an organization's sweep that is over: the heartbeat. To be called last. */
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
