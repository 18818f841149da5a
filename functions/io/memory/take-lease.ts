import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { needs } from '../needs.ts';

/** Why a lease could not be taken. */
export interface LeaseInTheWay {
  /** Somebody has it, until then at most; or nobody may have it before. */
  readonly inUse: boolean;
  readonly until: Date;
}

/**
 * Takes a lease that nobody else has at the moment.
 * @param owner names this holder, no two alike
 * @param until when it ends by itself, should its holder die
 * @returns null where it was taken, else who is in the way
 */
export const takeLease = needs(
  ['dynamodb:PutItem'],
  async (
    dynamo: DynamoDBClient,
    table: string,
    id: string,
    owner: string,
    now: Date,
    until: Date,
  ): Promise<LeaseInTheWay | null> => {
    try {
      await dynamo.send(
        new PutItemCommand({
          TableName: table,
          Item: {
            id: { S: id },
            owner: { S: owner },
            until: { N: String(until.getTime()) },
            inUse: { BOOL: true },
          },
          // Our own item: an answer was lost, and the SDK asks again.
          ConditionExpression: 'attribute_not_exists(id) OR #until <= :now OR #owner = :me',
          ExpressionAttributeNames: { '#until': 'until', '#owner': 'owner' },
          ExpressionAttributeValues: {
            ':now': { N: String(now.getTime()) },
            ':me': { S: owner },
          },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return null;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return {
        until: new Date(Number(error.Item?.until?.N ?? now.getTime())),
        inUse: error.Item?.inUse?.BOOL ?? false,
      };
    }
  },
);
