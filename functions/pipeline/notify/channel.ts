import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import type { Outcome } from '../../../events/outcome.ts';
import type { Posted } from '../../domain/notify/posted.ts';
import type { Log } from '../../runtime/log.ts';

/** The dependencies of the delivery of outcomes, whatever the channel. */
export interface NotifyDeps {
  readonly sqs: SQSClient;
  readonly dynamo: DynamoDBClient;
  readonly config: {
    /** The queue of outcomes, and its dead-letter queue. */
    readonly queueUrl: string;
    readonly failedMessagesUrl: string;
    readonly stateTable: string;
  };
  readonly log: Log;
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<unknown>;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** A record of the queue of outcomes. */
export type Incoming = Pick<SQSRecord, 'messageId' | 'body' | 'receiptHandle' | 'attributes'>;

/** One outcome of the batch, with its records. */
export interface Delivery {
  readonly outcome: Outcome;
  readonly records: readonly Incoming[];
}

/** Which outcomes of a batch need a message, according to the messages before. */
export interface History {
  readonly toSend: readonly Delivery[];
  /** Posted already, or not worth a message. */
  readonly known: readonly Delivery[];
}

/** One message to post, and its outcomes. */
export interface Post {
  readonly deliveries: readonly Delivery[];
}

/** A service that outcomes are posted to. deliver.ts does what is the same for each. */
export interface Channel<H extends History, P extends Post> {
  /** In logs and errors. */
  readonly name: string;
  /** The key of the lock that one instance of the function has at a time. */
  readonly sendLock: string;
  /** The time from one post to the next. */
  readonly paceMs: number;
  /** @throws the error of a failed read, so that no message is posted twice or omitted */
  readHistory(deliveries: readonly Delivery[]): Promise<H>;
  /** What is posted, and not recorded, while the state table is unavailable; null where messages wait for the table. */
  readonly emptyHistory: ((deliveries: readonly Delivery[]) => H) | null;
  /** Records the outcomes that need no message. */
  recordSeen(history: H): Promise<void>;
  /**
   * Prepares for posting.
   * @throws an error that another try may fix
   */
  open(history: H): Promise<{
    readonly posts: readonly P[];
    /** One post for each outcome of a refused post. */
    apart(post: P): readonly P[];
    /** @param hasTime whether another call may begin in this invocation */
    send(post: P, hasTime: () => boolean): Promise<Posted>;
  }>;
  /** Records the outcomes of a post that was taken. Without the record they may be posted twice. */
  recordSent(post: P): Promise<void>;
}
