import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { iamEventRegionOf } from '../../domain/rules/partition.ts';
import { identify } from '../connect.ts';
import type { Terminal } from '../terminal.ts';

/** Options that every command has. */
export interface CommonOptions {
  readonly profile?: string;
  readonly region?: string;
  /** The hub's stack. */
  readonly stack: string;
  readonly stackSet: string;
}

/** What the commands work with: passed in, so that a test can be AWS and the clock. */
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
 * Connects to the account of the standard AWS configuration, in the Region that IAM's events are delivered in.
 * @throws Refused for another Region
 */
export async function connect(terminal: Terminal, options: CommonOptions): Promise<Context> {
  const { config, account, partition } = await identify(terminal.env, options);
  const region = iamEventRegionOf(partition);
  const asked = options.region;
  if (asked !== undefined && asked !== region) {
    throw new Refused(
      `In ${asked} a stack would see nothing: IAM's events are delivered in ${region}.`,
      `Leave --region out, or say --region ${region}.`,
    );
  }
  const there = { ...config, region };
  return {
    terminal,
    cloudFormation: new CloudFormationClient(there),
    // Organizations has one endpoint a partition, which the SDK finds from any of its Regions.
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

/** Something is not as it must be, so nothing was done. Says what to do about it. */
export class Refused extends Error {
  override readonly name = 'Refused';
  /** Lines; commands among them can be pasted. */
  readonly todo: readonly string[];

  constructor(message: string, ...todo: readonly string[]) {
    super(message);
    this.todo = todo;
  }
}
