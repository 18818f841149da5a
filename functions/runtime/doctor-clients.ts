import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { type commandClientConfig, iamClientOf, namingActions } from './clients.ts';

type Config = Awaited<ReturnType<typeof commandClientConfig>>;

/**
 * The clients of the doctor. Their errors carry the failed action.
 * @param config configuration with the deployment's Region
 */
export function doctorClients(config: Config) {
  return {
    cloudFormation: namingActions('cloudformation', new CloudFormationClient(config)),
    cloudTrail: namingActions('cloudtrail', new CloudTrailClient(config)),
    dynamo: namingActions('dynamodb', new DynamoDBClient(config)),
    events: namingActions('events', new EventBridgeClient(config)),
    iam: namingActions('iam', iamClientOf(config)),
    lambda: namingActions('lambda', new LambdaClient(config)),
    // As in clients.ts: a queue's URL may name another host than the configured endpoint.
    sqs: namingActions('sqs', new SQSClient({ ...config, useQueueUrlAsEndpoint: false })),
    ssm: namingActions('ssm', new SSMClient(config)),
  };
}

export type DoctorClients = ReturnType<typeof doctorClients>;
