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
    ['IAM', iamClient],
    ['EventBridge', eventBridgeClient],
    ['SQS', sqsClient],
    ['SSM', ssmClient],
    ['DynamoDB', dynamoDbClient],
  ])('end a call that never answers: %s', async (_, client) => {
    const requestHandler = client().config.requestHandler as Handler;
    await requestHandler.handle(badRequest).catch(() => undefined);
    expect(requestHandler.httpHandlerConfigs()).toMatchObject({
      requestTimeout: 5_000,
      throwOnRequestTimeout: true,
    });
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
