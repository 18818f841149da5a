import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { getEntry, type Replaced, replaceEntry } from '../io/dynamodb.ts';

/** Texts by id, which all copies of a function see and change one after the other. */
export interface Memory {
  /** What is remembered under an id, or null. */
  recall(id: string): Promise<string | null>;
  /** Remembers another text, if what is there is still what was seen. */
  replace(id: string, before: string | null, after: string, expires: Date): Promise<Replaced>;
}

/** The memory that all copies share: a DynamoDB table. Throws whatever DynamoDB throws. */
export function tableMemory(dynamo: DynamoDBClient, table: string): Memory {
  return {
    recall: (id) => getEntry(dynamo, table, id),
    replace: (id, before, after, expires) =>
      replaceEntry(dynamo, table, id, before, after, expires),
  };
}

/** The memory of one process that works alone: a command. */
export function ownMemory(): Memory {
  const entries = new Map<string, string>();
  return {
    recall: async (id) => entries.get(id) ?? null,
    replace: async (id, before, after) => {
      const found = entries.get(id) ?? null;
      if (found !== before) return { done: false, found };
      entries.set(id, after);
      return { done: true };
    },
  };
}
