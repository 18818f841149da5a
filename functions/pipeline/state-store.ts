import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { getEntry, type Replaced, replaceEntry } from '../io/dynamodb.ts';

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
