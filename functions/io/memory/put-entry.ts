import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { needs } from '../needs.ts';

/**
 * Remembers a text under an id.
 * @param table the table's name
 * @param expires when it may be forgotten
 */
export const putEntry = needs(
  ['dynamodb:PutItem'],
  async (
    dynamo: DynamoDBClient,
    table: string,
    id: string,
    body: string,
    expires: Date,
  ): Promise<void> => {
    const seconds = Math.ceil(expires.getTime() / 1000);
    await dynamo.send(
      new PutItemCommand({
        TableName: table,
        Item: { id: { S: id }, body: { S: body }, expires: { N: String(seconds) } },
      }),
    );
  },
);
