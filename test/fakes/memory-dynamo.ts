import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';

type Item = Readonly<
  Record<string, { readonly S?: string; readonly N?: string; readonly BOOL?: boolean }>
>;

interface Input {
  readonly Key?: Item;
  readonly Item?: Item;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeValues?: Item;
}

/** The table of what was told, in memory. It knows the one condition that we use. */
export class MemoryDynamo extends DynamoDBClient {
  readonly items = new Map<string, Item>();
  /** The next calls of a command throw. */
  readonly fail: Record<string, number> = {};

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
      throw new Error(`${action} is away`);
    }
    const { input } = command as { input: Input };
    if (action === 'GetItem') return { Item: this.items.get(input.Key?.id?.S ?? '') } as never;
    if (action !== 'PutItem') throw new Error(`MemoryDynamo does not know ${action}`);
    const id = input.Item?.id?.S ?? '';
    const old = this.items.get(id);
    if (input.ConditionExpression !== undefined) {
      if (input.ConditionExpression !== 'attribute_not_exists(id) OR #until <= :now') {
        throw new Error(`MemoryDynamo does not know ${input.ConditionExpression}`);
      }
      const now = Number(input.ExpressionAttributeValues?.[':now']?.N);
      if (old && Number(old.until?.N) > now) {
        const failed = { message: 'The conditional request failed', $metadata: {}, Item: old };
        throw new ConditionalCheckFailedException(failed as never);
      }
    }
    this.items.set(id, input.Item ?? {});
    return {} as never;
  }
}
