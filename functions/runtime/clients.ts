import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient, type IAMClientConfig } from '@aws-sdk/client-iam';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { mayBeDone, treatmentOf } from '../domain/review/iam-errors.ts';

/**
 * The retries and time-outs of every client.
 *
 * IAM publishes no rate limits. The adaptive mode is the standard one with more attempts, as AWS recommends, and slows
 * down where it is throttled: at 20 calls a second a sweep and its reviews cost 4 % more calls, and 34 % without
 * (docs/decisions/013).
 */
export const retries = {
  retryMode: 'adaptive',
  maxAttempts: 6,
  // Without them a call that never answers would take the whole invocation, and its neighbours', with it.
  // throwOnRequestTimeout: the SDK would only warn.
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
};

/**
 * Makes IAM's client of a configuration. Its retries are the SDK's, except for the errors that the SDK classifies
 * wrongly for IAM (domain/review/iam-errors.ts).
 */
export function iamClientOf(config: IAMClientConfig): IAMClient {
  const client = new IAMClient(config);
  const { retryStrategy } = client.config;
  let classified: Promise<RetryStrategy> | undefined;
  client.config.retryStrategy = () => (classified ??= retryStrategy().then(classifying));
  return client;
}

type RetryStrategy = Awaited<ReturnType<IAMClient['config']['retryStrategy']>>;

function classifying(strategy: RetryStrategy): RetryStrategy {
  // Only a strategy that a caller passes in may be of the old kind; none does.
  if (!('refreshRetryTokenForRetry' in strategy)) return strategy;
  const afterLostAnswer = new WeakSet<object>();
  return {
    acquireInitialRetryToken: (scope) => strategy.acquireInitialRetryToken(scope),
    recordSuccess: (token) => strategy.recordSuccess(token),
    refreshRetryTokenForRetry: async (token, info) => {
      const { error, ...rest } = info;
      // The SDK throws the last attempt's error only.
      const isLost = afterLostAnswer.has(token) || mayBeDone(error);
      if (isLost && error instanceof Error) Object.assign(error, { lostAnswer: true });
      const treatment = treatmentOf(error);
      // Without the error, or the strategy's rate limiter would classify it by itself.
      const classified = treatment ? { ...rest, errorType: treatment.retry } : info;
      const next = await strategy.refreshRetryTokenForRetry(token, classified);
      if (isLost) afterLostAnswer.add(next);
      return next;
    },
  };
}

/** IAM's client. Region and endpoint come from the SDK's own configuration. */
export const iamClient = () => iamClientOf(retries);

/** What a session of another account's role is made of. */
interface Session {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/**
 * IAM's client in another account. It has retries of its own, so that an account that throttles leaves the others'
 * alone, and shares its connections: a thousand accounts are one endpoint.
 * @param own the client of this account
 * @param session is asked when there is none, and five minutes before it ends (the SDK's rule)
 */
export const iamClientWith = (own: IAMClient, session: () => Promise<Session>) =>
  iamClientOf({ ...retries, requestHandler: own.config.requestHandler, credentials: session });

/** STS's client: the endpoint of its Region, which the SDK takes by itself. */
export const stsClient = () => new STSClient(retries);

/** The client of Organizations, which has one endpoint a partition. */
export const organizationsClient = () => new OrganizationsClient(retries);

/**
 * EventBridge's client. An EventBridge that hangs must be given up on while the function still has time to put the
 * outcome into the queue instead: three tries (pipeline/publish.ts) of two attempts, of on-iam-change's 60 s.
 */
export const eventBridgeClient = () =>
  new EventBridgeClient({
    ...retries,
    maxAttempts: 2,
    requestHandler: { ...retries.requestHandler, requestTimeout: 2_500 },
  });

/**
 * SQS's client. Calls go to the configured endpoint, never to the host in a queue's URL, which CloudFormation
 * makes up and which the SDK would follow even with AWS_ENDPOINT_URL set.
 */
export const sqsClient = () => new SQSClient({ ...retries, useQueueUrlAsEndpoint: false });

/** SES's client. A mail has no key that would recognise a second try, so a call is made once and the queue tries again. */
export const sesClient = () => new SESv2Client({ ...retries, maxAttempts: 1 });

/** SSM's client. */
export const ssmClient = () => new SSMClient(retries);

/** DynamoDB's client. */
export const dynamoDbClient = () => new DynamoDBClient({ ...retries, maxAttempts: 3 });

/** Any of the SDK's clients, as far as it matters here. */
interface AnyClient {
  readonly middlewareStack: {
    add(middleware: unknown, options: { readonly step: 'initialize'; readonly name: string }): void;
  };
}

type Next = (args: unknown) => Promise<unknown>;

/**
 * Makes a client's errors carry the action that failed, as in "iam:GetUser": AWS's own messages often do not.
 * @param service the action's prefix
 */
export function namingActions<C extends AnyClient>(service: string, client: C): C {
  const named = (next: Next, { commandName = '' }: { commandName?: string }) => {
    const command = `${service}:${commandName.replace(/Command$/, '')}`;
    return async (args: unknown) => {
      try {
        return await next(args);
      } catch (error) {
        if (error instanceof Error && Object.isExtensible(error)) Object.assign(error, { command });
        throw error;
      }
    };
  };
  client.middlewareStack.add(named, { step: 'initialize', name: 'namingActions' });
  return client;
}
