import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { SQSRecord } from 'aws-lambda';
import type { Outcome } from '../../../events/outcome.ts';
import type { MessageContext } from '../../render/slack/format.ts';
import type { SlackConfig } from '../../runtime/config.ts';
import type { Log } from '../../runtime/log.ts';

/** The dependencies of notify-slack. */
export interface NotifyDeps {
  readonly ssm: SSMClient;
  readonly sqs: SQSClient;
  readonly dynamo: DynamoDBClient;
  readonly config: SlackConfig;
  readonly context: MessageContext;
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
