import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { OrganizationsClient } from '@aws-sdk/client-organizations';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Settings } from '../../domain/rules/settings.ts';
import type { Log } from '../../runtime/log.ts';
import type { AccountNames } from '../accounts/account-names.ts';
import type { Measure } from '../measure.ts';
import type { Publisher } from '../publish.ts';

/** The dependencies of nightly-sweep for one account. */
export interface SweepDeps extends Publisher {
  /** A client of the account. */
  readonly iam: IAMClient;
  /** A client of the account that may tag the ForceMFA policy. */
  readonly tagger: IAMClient;
  readonly settings: Settings;
  readonly names: AccountNames;
  readonly sqs: SQSClient;
  /** The queue of IAM changes. */
  readonly queueUrl: string;
  /** The queue of sweeps, with one message per account. */
  readonly sweepsQueueUrl: string;
  readonly dynamo: DynamoDBClient;
  readonly stateTable: string;
  /** The organization whose accounts are swept; null for a single account. */
  readonly organization: string | null;
  readonly organizations: OrganizationsClient;
  /** Whether each sweep probes the event path. */
  readonly probe: 'nightly' | 'off';
  /** How long the event of a probe may take. */
  readonly probeMinutes: number;
  readonly measure: Measure;
  readonly now: () => Date;
  readonly log: Log;
}
