import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type * as z from 'zod';
import { getEntry, type Replaced, replaceEntry } from '../io/dynamodb.ts';
import type { Log } from '../runtime/log.ts';

/** Texts by ID, shared by all instances of a function. */
export interface StateStore {
  /** The text of an ID, or null. */
  get(id: string): Promise<string | null>;
  /** Replaces the text if it is still `before`. */
  compareAndSet(id: string, before: string | null, after: string, expires: Date): Promise<Replaced>;
}

/** The state store of all instances: a DynamoDB table. Throws DynamoDB's errors. */
export function tableStateStore(dynamo: DynamoDBClient, table: string): StateStore {
  return {
    get: (id) => getEntry(dynamo, table, id),
    compareAndSet: (id, before, after, expires) =>
      replaceEntry(dynamo, table, id, before, after, expires),
  };
}

/** The state store of one process that works alone: a command. */
export function inMemoryStateStore(): StateStore {
  const entries = new Map<string, string>();
  return {
    get: async (id) => entries.get(id) ?? null,
    compareAndSet: async (id, before, after) => {
      const found = entries.get(id) ?? null;
      if (found !== before) return { done: false, found };
      entries.set(id, after);
      return { done: true };
    },
  };
}

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
