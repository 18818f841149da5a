import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import { needs } from './needs.ts';

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

/**
 * Whether anything is remembered under an id that begins so. It reads the whole table, because the ids have no order.
 * @param table the table's name
 */
export const hasEntryBeginning = needs(
  ['dynamodb:Scan'],
  async (dynamo: DynamoDBClient, table: string, beginning: string): Promise<boolean> => {
    const pages = paginateScan(
      { client: dynamo },
      {
        TableName: table,
        FilterExpression: 'begins_with(id, :beginning)',
        ExpressionAttributeValues: { ':beginning': { S: beginning } },
        ProjectionExpression: 'id',
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages) if (Items.length > 0) return true;
    return false;
  },
);

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
            // An item without a text, which the enforcer did not write, counts as absent and must not stay in the way.
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

/** How long a lease may last at most, from now on: one that says it lasts longer counts as none. */
export interface LongestLease {
  /** Another owner has the lease. */
  readonly inUse: Date;
  /** No instance has the lease, and none may take it before. */
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
      /** Another owner has the lease until then at most, or it cannot be taken before then. */
      readonly inUse: boolean;
      readonly until: Date;
    };

/**
 * Takes a lease that no other instance has at the moment.
 * @param owner names this owner, no two alike
 * @param until when it ends by itself, should its owner die
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

/**
 * Gives a lease back, if it is still its owner's: it may have ended by itself, and another owner may have it now.
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
