import { EventBridgeClient, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Outcome } from '../../events/outcome.ts';

const anywhere = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'memory', secretAccessKey: 'memory' },
};

/** An outcome bus that records its entries, and refuses or fails on request. */
export class MemoryEvents extends EventBridgeClient {
  readonly entries: PutEventsRequestEntry[] = [];
  /** The next entries are refused with FailedEntryCount, one each. */
  refuse = 0;
  /** The next calls throw. */
  fail = 0;

  constructor() {
    super(anywhere);
  }

  get outcomes(): Outcome[] {
    return this.entries.map(({ Detail }) => JSON.parse(Detail ?? 'null') as Outcome);
  }

  override async send(command: object): Promise<never> {
    const { Entries = [] } = (command as { input: { Entries?: PutEventsRequestEntry[] } }).input;
    if (Entries.length > 10) throw new Error('Member must have length less than or equal to 10');
    if (this.fail > 0) {
      this.fail -= 1;
      throw new Error('EventBridge is unavailable');
    }
    const answers = Entries.map((entry) => {
      if (this.refuse > 0) {
        this.refuse -= 1;
        return { ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' };
      }
      this.entries.push(entry);
      return { EventId: `event-${this.entries.length}` };
    });
    const FailedEntryCount = answers.filter((answer) => 'ErrorCode' in answer).length;
    return { FailedEntryCount, Entries: answers } as never;
  }
}

export interface SentMessage {
  readonly queueUrl: string;
  readonly body: string;
  readonly delaySeconds: number;
}

/** Queues that record their messages, and refuse or fail on request. */
export class MemoryQueues extends SQSClient {
  readonly sent: SentMessage[] = [];
  /** The group of each message that was ever sent. */
  readonly groups: (string | undefined)[] = [];
  /** Receipt handle → for how many seconds the message was hidden last. */
  readonly hidden = new Map<string, number>();
  /** The next messages of a batch are refused. */
  refuse = 0;
  /** The next calls throw. */
  fail = 0;

  constructor() {
    super(anywhere);
  }

  override async send(command: object): Promise<never> {
    if (this.fail > 0) {
      this.fail -= 1;
      throw new Error('SQS is unavailable');
    }
    const { input } = command as { input: SendInput };
    const queueUrl = input.QueueUrl;
    if (input.VisibilityTimeout !== undefined) {
      this.hidden.set(input.ReceiptHandle ?? '', input.VisibilityTimeout);
      return {} as never;
    }
    if (!input.Entries) {
      this.groups.push(input.MessageGroupId);
      this.sent.push({
        queueUrl,
        body: input.MessageBody ?? '',
        delaySeconds: input.DelaySeconds ?? 0,
      });
      return { MessageId: String(this.sent.length) } as never;
    }
    if (input.Entries.length > 10) throw new Error('TooManyEntriesInBatchRequest');
    const Successful: object[] = [];
    const Failed: object[] = [];
    for (const { Id, MessageBody, MessageGroupId, DelaySeconds = 0 } of input.Entries) {
      if (this.refuse > 0) {
        this.refuse -= 1;
        Failed.push({ Id, Code: 'ThrottlingException', SenderFault: false });
        continue;
      }
      this.groups.push(MessageGroupId);
      this.sent.push({ queueUrl, body: MessageBody, delaySeconds: DelaySeconds });
      Successful.push({ Id });
    }
    return { Successful, Failed } as never;
  }
}

interface SendInput {
  readonly QueueUrl: string;
  readonly MessageBody?: string;
  readonly MessageGroupId?: string;
  readonly DelaySeconds?: number;
  readonly ReceiptHandle?: string;
  readonly VisibilityTimeout?: number;
  readonly Entries?: readonly {
    readonly Id: string;
    readonly MessageBody: string;
    readonly DelaySeconds?: number;
    readonly MessageGroupId?: string;
  }[];
}
