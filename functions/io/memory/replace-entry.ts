import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { needs } from '../needs.ts';

/** Whether an entry was replaced; else what is remembered there instead. */
export type Replaced =
  | { readonly done: true }
  | { readonly done: false; readonly found: string | null };

/**
 * Remembers a text under an id, if what is there is still what the caller saw.
 * @param table the table's name
 * @param before the text that was read, or null where there was none
 * @param expires when it may be forgotten
 */
export const replaceEntry = needs(
  ['dynamodb:PutItem'],
  async (
    dynamo: DynamoDBClient,
    table: string,
    id: string,
    before: string | null,
    after: string,
    expires: Date,
  ): Promise<Replaced> => {
    const condition =
      before === null
        ? {
            // An item without a text, which nobody of us wrote, counts as absent and must not stay in the way.
            ConditionExpression: 'attribute_not_exists(id) OR NOT attribute_type(body, :text)',
            ExpressionAttributeValues: { ':text': { S: 'S' } },
          }
        : {
            ConditionExpression: 'body = :before',
            ExpressionAttributeValues: { ':before': { S: before } },
          };
    const writer = crypto.randomUUID();
    try {
      await dynamo.send(
        new PutItemCommand({
          TableName: table,
          Item: {
            id: { S: id },
            body: { S: after },
            writer: { S: writer },
            expires: { N: String(Math.ceil(expires.getTime() / 1000)) },
          },
          ...condition,
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return { done: true };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      // Our own: an answer was lost, and the SDK asked again. Another copy may have written the very same text.
      if (error.Item?.writer?.S === writer) return { done: true };
      return { done: false, found: error.Item?.body?.S ?? null };
    }
  },
);
