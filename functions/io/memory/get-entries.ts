import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { needs } from '../needs.ts';

// BatchGetItem takes at most 100 keys a call, and answers at most 16 MB.
const KEYS_PER_CALL = 100;

/**
 * What was remembered under each of many ids, as it is now (strongly consistent reads).
 * @param ids no two alike
 * @returns id → its text; an id under which nothing was remembered is missing
 */
export const getEntries = needs(
  ['dynamodb:BatchGetItem'],
  async (
    dynamo: DynamoDBClient,
    table: string,
    ids: readonly string[],
  ): Promise<Map<string, string>> => {
    const found = new Map<string, string>();
    let waiting = ids.map((id) => ({ id: { S: id } }));
    while (waiting.length > 0) {
      const Keys = waiting.slice(0, KEYS_PER_CALL);
      const { Responses, UnprocessedKeys } = await dynamo.send(
        new BatchGetItemCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } }),
      );
      for (const { id, body } of Responses?.[table] ?? []) {
        if (id?.S !== undefined && body?.S !== undefined) found.set(id.S, body.S);
      }
      const left = UnprocessedKeys?.[table]?.Keys ?? [];
      // The table throttles (ProvisionedThroughputExceeded): an error, which the caller's message survives.
      if (left.length === Keys.length) throw new Error('BatchGetItem took none of its keys');
      waiting = [
        ...left.map(({ id }) => ({ id: { S: id?.S ?? '' } })),
        ...waiting.slice(Keys.length),
      ];
    }
    return found;
  },
);
