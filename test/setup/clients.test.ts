import { describe, expect, it } from 'vitest';
import {
  commandClientConfig,
  dynamoDbClient,
  eventBridgeClient,
  iamClient,
  sqsClient,
  ssmClient,
} from '../../functions/setup/clients.ts';

describe('the clients', () => {
  it.each([
    ['IAM', iamClient, 5_000],
    ['EventBridge', eventBridgeClient, 2_500],
    ['SQS', sqsClient, 5_000],
    ['SSM', ssmClient, 5_000],
    ['DynamoDB', dynamoDbClient, 5_000],
  ])('end a call that never answers: %s', async (_, client, requestTimeout) => {
    const requestHandler = client().config.requestHandler as Handler;
    await requestHandler.handle(badRequest).catch(() => undefined);
    expect(requestHandler.httpHandlerConfigs()).toMatchObject({
      requestTimeout,
      throwOnRequestTimeout: true,
    });
  });

  it('leave time for the queue where EventBridge hangs: half of the 30 s that on-iam-change has', async () => {
    const { config } = eventBridgeClient();
    const requestHandler = config.requestHandler as Handler;
    await requestHandler.handle(badRequest).catch(() => undefined);
    const { requestTimeout } = requestHandler.httpHandlerConfigs() as { requestTimeout: number };
    // publish() tries three times.
    expect(3 * (await config.maxAttempts()) * requestTimeout).toBeLessThanOrEqual(15_000);
  });

  it('of the command line try 8 times, or as often as AWS_MAX_ATTEMPTS says', async () => {
    const options = { region: 'us-east-1' };
    expect(await commandClientConfig({}, options)).toMatchObject({ maxAttempts: 8 });
    expect(await commandClientConfig({ AWS_MAX_ATTEMPTS: '2' }, options)).not.toHaveProperty(
      'maxAttempts',
    );
  });
});

interface Handler {
  handle(request: object): Promise<unknown>;
  httpHandlerConfigs(): object;
}

/** A handler reads its configuration at its first request. */
const badRequest = {
  protocol: 'http:',
  hostname: '127.0.0.1',
  port: 9,
  method: 'GET',
  path: '/',
  headers: {},
};
