import type * as z from 'zod';
import type { Log } from '../runtime/log.ts';

/** The clocks of two instances differ by less. */
export const CLOCK_SKEW_MS = 60_000;

/** How an entry of the state table is read. */
interface Reading<T> {
  readonly id: string;
  readonly schema: z.ZodType<T>;
  /** Whether the values are possible: an entry with a time in the future or an impossible number is not the enforcer's. */
  readonly isPossible?: (value: T) => boolean;
  /** Absent in a command, which reports missing data itself. */
  readonly log?: Pick<Log, 'error'>;
}

/**
 * Parses an entry of the state table. A caller who may write to the table, or who restores an old one, must not be able to
 * stop the enforcer: an invalid entry counts as absent, and the log names it (never its content).
 * @param text as read; null or undefined without an entry
 * @returns null without a valid entry
 */
export function readStored<T>(text: string | null | undefined, how: Reading<T>): T | null {
  return readStoredValue(text === undefined || text === null ? null : jsonOf(text), how);
}

/** Like readStored, for an entry that is not JSON. @param value null without an entry */
export function readStoredValue<T>(
  value: unknown,
  { id, schema, isPossible = () => true, log }: Reading<T>,
): T | null {
  if (value === null) return null;
  const parsed = schema.safeParse(value);
  if (parsed.success && isPossible(parsed.data)) return parsed.data;
  log?.error('an entry of the state table is invalid and counts as absent', { id });
  return null;
}

/** The value of a JSON text; undefined, which no schema accepts, for invalid JSON and for null. */
function jsonOf(text: string): unknown {
  try {
    return (JSON.parse(text) as unknown) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Whether a time (ISO 8601) is in the past, with a tolerance for clocks. */
export function hasCome(now: Date): (time: string) => boolean {
  return (time) => Date.parse(time) <= now.getTime() + CLOCK_SKEW_MS;
}
