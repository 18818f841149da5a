import type * as z from 'zod';
import type { Log } from '../runtime/log.ts';

/** Clocks of two copies differ by less. */
export const CLOCK_SKEW_MS = 60_000;

/** How an entry of the state table is read. */
interface Reading<T> {
  readonly id: string;
  readonly schema: z.ZodType<T>;
  /** Whether what the entry says can be: times that have not come, and numbers that cannot be, are no entry of ours. */
  readonly isPossible?: (value: T) => boolean;
  /** Absent in a command, which says by itself what is missing. */
  readonly log?: Pick<Log, 'error'>;
}

/**
 * What an entry of the state table says. Whoever may write to the table, or restores an old one, must not be able to stop the
 * enforcer: an entry that is not as we write it counts as absent, and the log names it (never its content).
 * @param text as read; null or undefined where there is none
 * @returns null where there is no entry, or none that can be read
 */
export function readStored<T>(text: string | null | undefined, how: Reading<T>): T | null {
  return readStoredValue(text === undefined || text === null ? null : jsonOf(text), how);
}

/** As readStored, of an entry that is no JSON. @param value null where there is none */
export function readStoredValue<T>(
  value: unknown,
  { id, schema, isPossible = () => true, log }: Reading<T>,
): T | null {
  if (value === null) return null;
  const parsed = schema.safeParse(value);
  if (parsed.success && isPossible(parsed.data)) return parsed.data;
  log?.error('an entry of the state table cannot be read, and counts as absent', { id });
  return null;
}

/** Something that no schema takes where it is no JSON, or says null. */
function jsonOf(text: string): unknown {
  try {
    return (JSON.parse(text) as unknown) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Tells which times (ISO 8601) have come, by clocks that may differ. */
export function hasCome(now: Date): (time: string) => boolean {
  return (time) => Date.parse(time) <= now.getTime() + CLOCK_SKEW_MS;
}
