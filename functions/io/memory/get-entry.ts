import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { needs } from '../needs.ts';

/**
 * What was remembered under an id, as it is now (a strongly consistent read).
 * @param table the table's name
 * @returns its text, or null where nothing was remembered
 */
export const getEntry = needs(
  ['dynamodb:GetItem'],
  async (dynamo: DynamoDBClient, table: string, id: string): Promise<string | null> => {
    const { Item } = await dynamo.send(
      new GetItemCommand({ TableName: table, Key: { id: { S: id } }, ConsistentRead: true }),
    );
    return Item?.body?.S ?? null;
  },
);
