import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';

// IAM publishes no rate limits; AWS recommends the standard retry mode with more attempts.
const retries = {
  retryMode: 'standard',
  maxAttempts: 6,
  // Without them a call that never answers would take the whole invocation, and its neighbours', with it.
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000 },
};

/** IAM's client. Region and endpoint come from the SDK's own configuration. */
export const iamClient = () => new IAMClient(retries);

/** EventBridge's client. */
export const eventBridgeClient = () => new EventBridgeClient(retries);

/**
 * SQS's client. Calls go to the configured endpoint, never to the host in a queue's URL, which CloudFormation
 * makes up and which the SDK would follow even with AWS_ENDPOINT_URL set.
 */
export const sqsClient = () => new SQSClient({ ...retries, useQueueUrlAsEndpoint: false });

/** SSM's client. */
export const ssmClient = () => new SSMClient(retries);

/** DynamoDB's client. */
export const dynamoDbClient = () => new DynamoDBClient(retries);
