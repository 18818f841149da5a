import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { getEntry, type Replaced, replaceEntry } from '../io/dynamodb.ts';

/** Texts by id, which all copies of a function see and change one after the other. */
export interface StateStore {
  /** What is remembered under an id, or null. */
  get(id: string): Promise<string | null>;
  /** Remembers another text, if what is there is still what was seen. */
  compareAndSet(id: string, before: string | null, after: string, expires: Date): Promise<Replaced>;
}

/** The memory that all copies share: a DynamoDB table. Throws whatever DynamoDB throws. */
export function tableStateStore(dynamo: DynamoDBClient, table: string): StateStore {
  return {
    get: (id) => getEntry(dynamo, table, id),
    compareAndSet: (id, before, after, expires) =>
      replaceEntry(dynamo, table, id, before, after, expires),
  };
}

/** The memory of one process that works alone: a command. */
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
