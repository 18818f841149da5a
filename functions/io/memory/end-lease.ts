import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { needs } from '../needs.ts';

/** Gives a lease back that is ours. @param freeFrom when the next may take it */
export const endLease = needs(
  ['dynamodb:PutItem'],
  async (dynamo: DynamoDBClient, table: string, id: string, freeFrom: Date): Promise<void> => {
    await dynamo.send(
      new PutItemCommand({
        TableName: table,
        Item: { id: { S: id }, until: { N: String(freeFrom.getTime()) } },
      }),
    );
  },
);
