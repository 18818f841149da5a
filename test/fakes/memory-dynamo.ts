import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';

type Item = Readonly<
  Record<string, { readonly S?: string; readonly N?: string; readonly BOOL?: boolean }>
>;

interface Input {
  readonly Key?: Item;
  readonly RequestItems?: Readonly<Record<string, { readonly Keys?: readonly Item[] }>>;
  readonly Item?: Item;
  readonly ConditionExpression?: string;
  readonly ReturnValues?: string;
  readonly ExpressionAttributeValues?: Item;
}

/** The state table in memory. It supports the conditions that the enforcer uses. */
export class MemoryDynamo extends DynamoDBClient {
  readonly items = new Map<string, Item>();
  /** Every call, with its ids. */
  readonly calls: { readonly action: string; readonly ids: readonly string[] }[] = [];
  /** The next calls of a command throw. */
  readonly fail: Record<string, number> = {};

  #lost: { prefix: string; meanwhile: () => Promise<unknown> } | null = null;

  constructor() {
    super({
      region: 'us-east-1',
      credentials: { accessKeyId: 'memory', secretAccessKey: 'memory' },
    });
  }

  override async send(command: object): Promise<never> {
    const action = command.constructor.name.replace(/Command$/, '');
    if ((this.fail[action] ?? 0) > 0) {
      this.fail[action] = (this.fail[action] ?? 0) - 1;
      throw new Error(`${action} is unavailable`);
    }
    const { input } = command as { input: Input };
    this.calls.push({ action, ids: idsOf(input) });
    if (action === 'GetItem') return { Item: this.items.get(input.Key?.id?.S ?? '') } as never;
    if (action === 'BatchGetItem') return this.#batch(input) as never;
    if (action !== 'PutItem') throw new Error(`MemoryDynamo does not know ${action}`);
    const id = input.Item?.id?.S ?? '';
    const old = this.items.get(id);
    if (!isMet(input, old)) {
      const failed = { message: 'The conditional request failed', $metadata: {}, Item: old };
      throw new ConditionalCheckFailedException(failed as never);
    }
    this.items.set(id, input.Item ?? {});
    const lost = this.#lost;
    if (lost === null || !id.startsWith(lost.prefix)) {
      return (input.ReturnValues === 'ALL_OLD' && old ? { Attributes: old } : {}) as never;
    }
    this.#lost = null;
    await lost.meanwhile();
    return this.send(command);
  }

  /**
   * Makes the next PutItem of an id with this prefix take effect without an answer, so that the SDK sends it once more.
   * @param meanwhile runs between the two
   */
  loseAnswer(prefix: string, meanwhile: () => Promise<unknown>): void {
    this.#lost = { prefix, meanwhile };
  }

  /** Leaves out the last key of a batch in the answer, as DynamoDB may. */
  #batch({ RequestItems = {} }: Input): object {
    const [[table, { Keys = [] }] = ['', {}]] = Object.entries(RequestItems);
    if (Keys.length > 100) throw new Error('Too many items requested for the BatchGetItem call');
    const answered = Keys.slice(0, Math.max(1, Keys.length - 1));
    const left = Keys.slice(answered.length);
    const found = answered.flatMap(({ id }) => this.items.get(id?.S ?? '') ?? []);
    const UnprocessedKeys = left.length > 0 ? { [table]: { Keys: left } } : {};
    return { Responses: { [table]: found }, UnprocessedKeys };
  }
}

const idsOf = ({ Key, Item, RequestItems = {} }: Input) =>
  [Key, Item, ...Object.values(RequestItems).flatMap(({ Keys = [] }) => Keys)].flatMap(
    (one) => one?.id?.S ?? [],
  );

/** Supports only the conditions that the enforcer uses. */
function isMet(
  { ConditionExpression: condition, ExpressionAttributeValues: values }: Input,
  old: Item | undefined,
): boolean {
  const isOurs = old?.owner?.S !== undefined && old.owner.S === values?.[':me']?.S;
  switch (condition) {
    case undefined:
      return true;
    case 'attribute_not_exists(id) OR NOT attribute_type(#until, :number) OR #until <= :now OR #owner = :me OR #until > :longestPause OR (inUse = :yes AND #until > :longestUse)': {
      const until = Number(old?.until?.N);
      const is = (name: string) => Number(values?.[name]?.N);
      const isTooLong = old?.inUse?.BOOL === true && until > is(':longestUse');
      const isImpossible = old?.until?.N === undefined || until > is(':longestPause') || isTooLong;
      return old === undefined || until <= is(':now') || isOurs || isImpossible;
    }
    case 'attribute_not_exists(id) OR NOT attribute_type(body, :text)':
      return old?.body?.S === undefined;
    case 'body = :before':
      return old?.body?.S !== undefined && old.body.S === values?.[':before']?.S;
    case '#owner = :me':
      return isOurs;
    default:
      throw new Error(`MemoryDynamo does not know ${condition}`);
  }
}
