import type { Report } from '../../../events/report.ts';

/** One way to write a report down. */
export interface ReportFormat {
  /** The report as text, newline at its end. */
  render(report: Report): string;
}

/**
 * A format that a monitor reads. A monitor must be told of a reading that failed: a report that misses
 * somebody would be a smaller number, and no answer at all may look like the last one.
 */
export interface MonitorFormat extends ReportFormat {
  /** What the monitor is told instead of a report: that there is none, and why. */
  failure(problem: string): string;
}
