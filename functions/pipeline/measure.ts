import { type MetricName, type Metrics, metricUnits } from '../domain/outcomes/metrics.ts';

/** Writes metrics, with properties that say what they are about. */
export type Measure = (metrics: Metrics, properties: Readonly<Record<string, string>>) => void;

/**
 * Metrics as lines of a function's log.
 * @param stack the metrics' only dimension
 * @param write writes to standard output, independent of the log level
 */
export function measureInLog(
  stack: string,
  now: () => Date,
  write: (line: string) => void,
): Measure {
  return (metrics, properties) => {
    const line = emfLine(stack, metrics, properties, now());
    if (line !== null) write(line);
  };
}

/** CloudWatch's namespace of our metrics. The dashboard and the alarms name it, too. */
export const METRIC_NAMESPACE = 'MfaEnforcer';

/**
 * Metrics as a line of the log that CloudWatch Logs takes them from (CloudWatch User Guide, "Specification: Embedded
 * metric format"): no call, no waiting, no permission. The stack is the only dimension.
 * @param properties found by Logs Insights only, and free of charge: whatever has many values, such as the account
 * @returns one line, with its end; null where there is nothing to measure
 */
export function emfLine(
  stack: string,
  metrics: Metrics,
  properties: Readonly<Record<string, string>>,
  at: Date,
): string | null {
  const names = Object.keys(metrics) as MetricName[];
  if (names.length === 0) return null;
  const directive = {
    Namespace: METRIC_NAMESPACE,
    Dimensions: [['Stack']],
    Metrics: names.map((Name) => ({ Name, Unit: metricUnits[Name] })),
  };
  const _aws = { Timestamp: at.getTime(), CloudWatchMetrics: [directive] };
  return `${JSON.stringify({ _aws, ...properties, Stack: stack, ...metrics })}\n`;
}
