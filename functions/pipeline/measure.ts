import type { Metrics } from '../domain/outcomes/metrics.ts';
import { emfLine } from '../render/emf.ts';

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
