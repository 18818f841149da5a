import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { needs } from '../needs.ts';

/** How long a lease may last at most, from now on: one that says it lasts longer counts as none. */
export interface LongestLease {
  /** Somebody has it. */
  readonly inUse: Date;
  /** Nobody has it, and nobody may take it before. */
  readonly paused: Date;
}

/** Taken, or why not. */
export type Lease =
  | {
      readonly taken: true;
      /** An item that can be no lease was in the way, and is overwritten. */
      readonly wasImpossible: boolean;
    }
  | {
      readonly taken: false;
      /** Somebody has it, until then at most; or nobody may have it before. */
      readonly inUse: boolean;
      readonly until: Date;
    };

/**
 * Takes a lease that nobody else has at the moment.
 * @param owner names this holder, no two alike
 * @param until when it ends by itself, should its holder die
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
    longest: LongestLease,
  ): Promise<Lease> => {
    try {
      const { Attributes } = await dynamo.send(
        new PutItemCommand({
          TableName: table,
          Item: {
            id: { S: id },
            owner: { S: owner },
            until: { N: String(until.getTime()) },
            inUse: { BOOL: true },
          },
          ConditionExpression: [
            'attribute_not_exists(id)',
            'NOT attribute_type(#until, :number)',
            '#until <= :now',
            // Our own item: an answer was lost, and the SDK asks again.
            '#owner = :me',
            '#until > :longestPause',
            '(inUse = :yes AND #until > :longestUse)',
          ].join(' OR '),
          ExpressionAttributeNames: { '#until': 'until', '#owner': 'owner' },
          ExpressionAttributeValues: {
            ':now': { N: String(now.getTime()) },
            ':me': { S: owner },
            ':number': { S: 'N' },
            ':yes': { BOOL: true },
            ':longestPause': { N: String(longest.paused.getTime()) },
            ':longestUse': { N: String(longest.inUse.getTime()) },
          },
          ReturnValues: 'ALL_OLD',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      if (Attributes === undefined) return { taken: true, wasImpossible: false };
      const end = Number(Attributes.until?.N);
      const latest = Attributes.inUse?.BOOL ? longest.inUse : longest.paused;
      return { taken: true, wasImpossible: !(end <= latest.getTime()) };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return {
        taken: false,
        until: new Date(Number(error.Item?.until?.N ?? now.getTime())),
        inUse: error.Item?.inUse?.BOOL ?? false,
      };
    }
  },
);
