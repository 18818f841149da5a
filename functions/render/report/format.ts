import type { Report } from '../../../events/report.ts';

/** One way to write a report down. */
export interface ReportFormat {
  /** The report as text, newline at its end. */
  render(report: Report): string;
}

/**
 * A format that a monitor reads. A monitor must learn of a failed reading: an incomplete report would show a smaller number,
 * and no answer at all may look like the last one.
 */
export interface MonitorFormat extends ReportFormat {
  /** The text in place of a report: there is none, and why. */
  failure(problem: string): string;
}
