import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { needs } from '../needs.ts';

/**
 * Gives a lease back, if it is still its owner's: it may have ended by itself, and be somebody else's now.
 * @param freeFrom when the next may take it
 */
export const endLease = needs(
  ['dynamodb:PutItem'],
  async (
    dynamo: DynamoDBClient,
    table: string,
    id: string,
    owner: string,
    freeFrom: Date,
  ): Promise<void> => {
    try {
      await dynamo.send(
        new PutItemCommand({
          TableName: table,
          Item: { id: { S: id }, until: { N: String(freeFrom.getTime()) } },
          ConditionExpression: '#owner = :me',
          ExpressionAttributeNames: { '#owner': 'owner' },
          ExpressionAttributeValues: { ':me': { S: owner } },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  },
);
