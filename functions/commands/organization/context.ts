import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { iamEventRegionOf } from '../../domain/rules/partition.ts';
import { identify } from '../connect.ts';
import { Refused, type Terminal } from '../terminal.ts';

/** Options that every command has. */
export interface CommonOptions {
  readonly profile?: string;
  readonly region?: string;
  /** The hub's stack. */
  readonly stack: string;
  readonly stackSet: string;
}

/** The clients, the clock and the names that the commands use. They are passed in, so that a test can replace them. */
export interface Context {
  readonly terminal: Terminal;
  readonly cloudFormation: CloudFormationClient;
  readonly organizations: OrganizationsClient;
  readonly dynamo: DynamoDBClient;
  /** The caller's account, 12 digits. */
  readonly account: string;
  readonly partition: string;
  readonly region: string;
  readonly stack: string;
  readonly stackSet: string;
  readonly pause: (ms: number) => Promise<unknown>;
}

/**
 * Connects to the account of the standard AWS configuration, in the Region where IAM's events are delivered.
 * @throws Refused for another Region
 */
export async function connect(terminal: Terminal, options: CommonOptions): Promise<Context> {
  const { config, account, partition } = await identify(terminal.env, options);
  const region = iamEventRegionOf(partition);
  const asked = options.region;
  if (asked !== undefined && asked !== region) {
    throw new Refused(
      `A stack in ${asked} would get no events: IAM's events are delivered in ${region}.`,
      `Omit --region, or pass --region ${region}.`,
    );
  }
  const there = { ...config, region };
  return {
    terminal,
    cloudFormation: new CloudFormationClient(there),
    // Organizations has one endpoint per partition, which the SDK resolves from any of its Regions.
    organizations: new OrganizationsClient(there),
    dynamo: new DynamoDBClient(there),
    account,
    partition,
    region,
    stack: options.stack,
    stackSet: options.stackSet,
    pause: sleep,
  };
}
