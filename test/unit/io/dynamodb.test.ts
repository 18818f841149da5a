import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import {
  endLease,
  getEntries,
  getEntry,
  putEntry,
  replaceEntry,
  takeLease,
} from '../../../functions/io/dynamodb.ts';
import { script } from '../../fakes/scripted-client.ts';

const EXPIRES = new Date(1_700_000_000_001);

function table(...answers: object[]) {
  const dynamo = new DynamoDBClient({ region: 'us-east-1' });
  return { dynamo, asked: script(dynamo, answers) };
}

const refused = (Item?: object) =>
  new ConditionalCheckFailedException({
    message: 'The conditional request failed',
    $metadata: {},
    ...(Item ? { Item: Item as never } : {}),
  });
const away = new Error('DynamoDB is unavailable');

describe('an entry', () => {
  it('is read consistently', async () => {
    const { dynamo, asked } = table({ Item: { body: { S: 'text' } } }, {});
    expect(await getEntry(dynamo, 't', 'i')).toBe('text');
    expect(await getEntry(dynamo, 't', 'i')).toBeNull();
    expect(asked[0]).toEqual([
      'GetItem',
      { TableName: 't', Key: { id: { S: 'i' } }, ConsistentRead: true },
    ]);
  });

  it('is written with the second after which it may be forgotten', async () => {
    const { dynamo, asked } = table({});
    await putEntry(dynamo, 't', 'i', 'text', EXPIRES);
    expect(asked).toEqual([
      [
        'PutItem',
        {
          TableName: 't',
          Item: { id: { S: 'i' }, body: { S: 'text' }, expires: { N: '1700000001' } },
        },
      ],
    ]);
  });

  it.each([
    [
      null,
      {
        ConditionExpression: 'attribute_not_exists(id) OR NOT attribute_type(body, :text)',
        ExpressionAttributeValues: { ':text': { S: 'S' } },
      },
    ],
    [
      'before',
      {
        ConditionExpression: 'body = :before',
        ExpressionAttributeValues: { ':before': { S: 'before' } },
      },
    ],
  ])('that was %j is replaced if it still is', async (before, condition) => {
    const { dynamo, asked } = table({});
    expect(await replaceEntry(dynamo, 't', 'i', before, 'after', EXPIRES)).toEqual({ done: true });
    expect(asked).toEqual([
      [
        'PutItem',
        {
          TableName: 't',
          Item: {
            id: { S: 'i' },
            body: { S: 'after' },
            writer: { S: expect.stringMatching(/^[0-9a-f-]{36}$/) },
            expires: { N: '1700000001' },
          },
          ...condition,
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      ],
    ]);
  });

  it.each([
    [{ body: { S: 'theirs' }, writer: { S: 'another' } }, 'theirs'],
    [{ body: { S: 'of an older release' } }, 'of an older release'],
    [{}, null],
    [undefined, null],
  ])('that another instance replaced is returned: %j', async (item, found) => {
    const { dynamo } = table(refused(item));
    expect(await replaceEntry(dynamo, 't', 'i', 'before', 'after', EXPIRES)).toEqual({
      done: false,
      found,
    });
  });

  it('is replaced by us where only the answer was lost', async () => {
    const { dynamo, asked } = table();
    Object.assign(dynamo, {
      send: async ({ input }: { input: { Item: object } }) => {
        asked.push(['PutItem', {}]);
        throw refused(input.Item);
      },
    });
    expect(await replaceEntry(dynamo, 't', 'i', 'before', 'after', EXPIRES)).toEqual({
      done: true,
    });
  });

  it('that cannot be replaced is an error', async () => {
    const { dynamo } = table(away);
    await expect(replaceEntry(dynamo, 't', 'i', null, 'after', EXPIRES)).rejects.toBe(away);
  });
});

describe('many entries', () => {
  const ids = Array.from({ length: 130 }, (_, index) => `id-${index}`);
  const keysOf = ([, input]: readonly [string, Readonly<Record<string, unknown>>]) => {
    const { t } = input.RequestItems as { t: { Keys: { id: { S: string } }[] } };
    return t.Keys.map(({ id }) => id.S);
  };

  it('are read a hundred at a time, what was left out again', async () => {
    const { dynamo, asked } = table(
      {
        Responses: {
          t: [
            { id: { S: 'id-0' }, body: { S: 'zero' } },
            { id: { S: 'id-1' } },
            { body: { S: 'x' } },
            {},
          ],
        },
        UnprocessedKeys: { t: { Keys: [{ id: { S: 'id-99' } }] } },
      },
      { Responses: { t: [{ id: { S: 'id-99' }, body: { S: 'last' } }] } },
    );
    expect(await getEntries(dynamo, 't', ids)).toEqual(
      new Map([
        ['id-0', 'zero'],
        ['id-99', 'last'],
      ]),
    );
    expect(asked[0]?.[1]).toMatchObject({ RequestItems: { t: { ConsistentRead: true } } });
    expect(asked.map(keysOf)).toEqual([ids.slice(0, 100), ['id-99', ...ids.slice(100)]]);
  });

  it('are none where there are none', async () => {
    const { dynamo, asked } = table({});
    expect(await getEntries(dynamo, 't', ['a'])).toEqual(new Map());
    expect(await getEntries(dynamo, 't', [])).toEqual(new Map());
    expect(asked).toHaveLength(1);
  });

  it('that DynamoDB never takes are an error, not an endless loop', async () => {
    const left = { UnprocessedKeys: { t: { Keys: [{ id: { S: 'a' } }] } } };
    const { dynamo } = table(left);
    await expect(getEntries(dynamo, 't', ['a'])).rejects.toThrow(
      'BatchGetItem took none of its keys',
    );
  });
});

describe('a lease', () => {
  const [now, until] = [new Date(1000), new Date(2000)];
  const longest = { inUse: new Date(3000), paused: new Date(4000) };

  const taken = { taken: true, wasImpossible: false };

  it.each([
    [undefined, false],
    [{ until: { N: '900' }, inUse: { BOOL: true } }, false],
    [{ until: { N: '3000' }, inUse: { BOOL: true } }, false],
    [{ until: { N: '3001' }, inUse: { BOOL: true } }, true],
    [{ until: { N: '4000' } }, false],
    [{ until: { N: '4001' } }, true],
    [{ until: { S: '900' } }, true],
    [{}, true],
  ])('returns the entry that was found: %j', async (Attributes, wasImpossible) => {
    const { dynamo } = table(Attributes ? { Attributes } : {});
    expect(await takeLease(dynamo, 't', 'i', 'me', now, until, longest)).toEqual({
      taken: true,
      wasImpossible,
    });
  });

  it('is taken if no instance has it', async () => {
    const { dynamo, asked } = table({});
    expect(await takeLease(dynamo, 't', 'i', 'me', now, until, longest)).toEqual(taken);
    expect(asked).toEqual([
      [
        'PutItem',
        {
          TableName: 't',
          Item: {
            id: { S: 'i' },
            owner: { S: 'me' },
            until: { N: '2000' },
            inUse: { BOOL: true },
          },
          ConditionExpression:
            'attribute_not_exists(id) OR NOT attribute_type(#until, :number) OR #until <= :now OR #owner = :me OR #until > :longestPause OR (inUse = :yes AND #until > :longestUse)',
          ExpressionAttributeNames: { '#until': 'until', '#owner': 'owner' },
          ExpressionAttributeValues: {
            ':now': { N: '1000' },
            ':me': { S: 'me' },
            ':number': { S: 'N' },
            ':yes': { BOOL: true },
            ':longestPause': { N: '4000' },
            ':longestUse': { N: '3000' },
          },
          ReturnValues: 'ALL_OLD',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      ],
    ]);
  });

  it.each([
    [
      { until: { N: '1500' }, inUse: { BOOL: true } },
      { until: new Date(1500), inUse: true },
    ],
    [{ until: { N: '1500' } }, { until: new Date(1500), inUse: false }],
    [undefined, { until: now, inUse: false }],
  ])('is refused if another instance has it: %j', async (item, inTheWay) => {
    const { dynamo } = table(refused(item));
    expect(await takeLease(dynamo, 't', 'i', 'me', now, until, longest)).toEqual({
      taken: false,
      ...inTheWay,
    });
  });

  it('is ended if it is still its owner’s', async () => {
    const { dynamo, asked } = table({}, refused());
    await endLease(dynamo, 't', 'i', 'me', until);
    await endLease(dynamo, 't', 'i', 'me', until);
    expect(asked[0]).toEqual([
      'PutItem',
      {
        TableName: 't',
        Item: { id: { S: 'i' }, until: { N: '2000' } },
        ConditionExpression: '#owner = :me',
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: { ':me': { S: 'me' } },
      },
    ]);
  });

  it('is an error where it cannot be had or given back', async () => {
    const { dynamo } = table(away, away);
    await expect(takeLease(dynamo, 't', 'i', 'me', now, until, longest)).rejects.toBe(away);
    await expect(endLease(dynamo, 't', 'i', 'me', until)).rejects.toBe(away);
  });
});
