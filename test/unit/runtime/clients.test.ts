import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeTrailsCommand } from '@aws-sdk/client-cloudtrail';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeRuleCommand } from '@aws-sdk/client-eventbridge';
import { GetUserCommand } from '@aws-sdk/client-iam';
import { GetFunctionCommand } from '@aws-sdk/client-lambda';
import { GetAccountCommand } from '@aws-sdk/client-sesv2';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import { DescribeParametersCommand } from '@aws-sdk/client-ssm';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  dynamoDbClient,
  eventBridgeClient,
  iamClient,
  iamClientWith,
  namingActions,
  organizationsClient,
  sqsClient,
  ssmClient,
  stsClient,
} from '../../../functions/runtime/clients.ts';
import {
  commandClientConfig,
  deploymentClients,
} from '../../../functions/runtime/command-clients.ts';

const noCode = {
  askMfaCode: () => Promise.reject(new Error('asked for a code')),
  now: () => new Date(),
};

describe('the clients', () => {
  it.each([
    ['IAM', iamClient, 5_000],
    ['EventBridge', eventBridgeClient, 2_500],
    ['SQS', sqsClient, 5_000],
    ['SSM', ssmClient, 5_000],
    ['DynamoDB', dynamoDbClient, 5_000],
    ['STS', stsClient, 5_000],
    ['Organizations', organizationsClient, 5_000],
  ])('end a call that never answers: %s', async (_, client, requestTimeout) => {
    const requestHandler = client().config.requestHandler as Handler;
    await requestHandler.handle(badRequest).catch(() => undefined);
    expect(requestHandler.httpHandlerConfigs()).toMatchObject({
      connectionTimeout: 2_000,
      requestTimeout,
      throwOnRequestTimeout: true,
    });
  });

  it.each([
    ['IAM', iamClient, 6],
    ['EventBridge', eventBridgeClient, 2],
    ['SQS', sqsClient, 6],
    ['SSM', ssmClient, 6],
    ['DynamoDB', dynamoDbClient, 3],
    ['STS', stsClient, 6],
    ['Organizations', organizationsClient, 6],
  ])('slow down where they are throttled: %s', async (_, client, attempts) => {
    const { config } = client();
    const { retryMode } = config;
    expect(typeof retryMode === 'function' ? await retryMode() : retryMode).toBe('adaptive');
    expect(await config.maxAttempts()).toBe(attempts);
  });

  it('send to the configured endpoint, whatever host a queue’s URL names', () => {
    const config = { region: 'us-east-1' };
    expect(sqsClient().config.useQueueUrlAsEndpoint).toBe(false);
    const { sqs } = deploymentClients(config as Parameters<typeof deploymentClients>[0]);
    expect(sqs.config.useQueueUrlAsEndpoint).toBe(false);
  });

  it('of other accounts share the connections, and have sessions and retries of their own', async () => {
    const own = iamClient();
    const session = {
      accessKeyId: 'ASIA',
      secretAccessKey: 's',
      sessionToken: 't',
      expiration: new Date(Date.now() + 3_600_000),
    };
    const other = iamClientWith(own, async () => session);
    expect(other.config.requestHandler).toBe(own.config.requestHandler);
    expect(await other.config.credentials()).toMatchObject({ accessKeyId: 'ASIA' });
    expect(await other.config.maxAttempts()).toBe(6);
    expect(other.config.retryStrategy).not.toBe(own.config.retryStrategy);
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
    expect(await commandClientConfig({}, options, noCode)).toMatchObject({ maxAttempts: 8 });
    expect(
      await commandClientConfig({ AWS_MAX_ATTEMPTS: '2' }, options, noCode),
    ).not.toHaveProperty('maxAttempts');
  });
});

describe('the Region of the command line', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });
  const configured = (region: string | undefined) => {
    vi.stubEnv('AWS_REGION', region);
    vi.stubEnv('AWS_CONFIG_FILE', '/dev/null');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null');
  };

  it.each([
    ['the option’s before the environment’s', 'eu-west-1', 'eu-central-1', 'eu-west-1'],
    ['the environment’s', undefined, 'eu-central-1', 'eu-central-1'],
    ['the commercial partition’s where there is none', undefined, undefined, 'us-east-1'],
  ])('is %s', async (_, region, inEnv, expected) => {
    configured(inEnv);
    const options = region === undefined ? {} : { region };
    expect(await commandClientConfig({}, options, noCode)).toMatchObject({ region: expected });
  });

  it('is the profile’s, else that of the default one', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'mfa-enforcer-')), 'config');
    const text = '[default]\nregion = eu-west-3\n[profile audit]\nregion = eu-north-1\n';
    writeFileSync(file, text);
    configured(undefined);
    vi.stubEnv('AWS_CONFIG_FILE', file);
    expect(await commandClientConfig({}, { profile: 'audit' }, noCode)).toMatchObject({
      region: 'eu-north-1',
    });
    expect(await commandClientConfig({}, {}, noCode)).toMatchObject({ region: 'eu-west-3' });
  });

  it('that is none is an error, and no other Region', async () => {
    configured('no where');
    await expect(commandClientConfig({}, {}, noCode)).rejects.toThrow(/region/i);
  });

  it('comes with the profile, where one is named', async () => {
    configured('us-east-1');
    expect(await commandClientConfig({}, {}, noCode)).not.toHaveProperty('profile');
    const config = await commandClientConfig({}, { profile: 'audit', region: 'us-east-1' }, noCode);
    expect(config).toMatchObject({
      profile: 'audit',
      retryMode: 'adaptive',
      requestHandler: { requestTimeout: 5_000 },
    });
  });
});

describe('the error of a call', () => {
  type Named = Parameters<typeof namingActions>[1];

  /** Makes a client's call fail. @returns the thrown error */
  async function failing(client: Named & { send?: unknown }, error: unknown): Promise<unknown> {
    let wrap: unknown;
    const stack = { add: (middleware: unknown, options: object) => (wrap = [middleware, options]) };
    namingActions('iam', { ...client, middlewareStack: stack } as Named);
    const [middleware, options] = wrap as [
      (
        next: () => Promise<never>,
        context: { commandName?: string },
      ) => (args: object) => Promise<unknown>,
      object,
    ];
    expect(options).toEqual({ step: 'initialize', name: 'namingActions' });
    const call = middleware(() => Promise.reject(error), { commandName: 'GetUserCommand' });
    return call({}).catch((thrown: unknown) => thrown);
  }

  it('carries the action that failed', async () => {
    const error = new Error('no');
    expect(await failing({} as Named, error)).toBe(error);
    expect(error).toHaveProperty('command', 'iam:GetUser');
  });

  it('is thrown unchanged if it cannot carry the action', async () => {
    const frozen = Object.freeze(new Error('no'));
    expect(await failing({} as Named, frozen)).toBe(frozen);
    expect(await failing({} as Named, 'no error')).toBe('no error');
  });

  it('names its service, whichever the doctor asked', async () => {
    const config = {
      region: 'us-east-1',
      endpoint: 'http://127.0.0.1:9',
      maxAttempts: 1,
      credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    };
    const clients = deploymentClients(config as unknown as Parameters<typeof deploymentClients>[0]);
    const calls = {
      cloudformation: () => clients.cloudFormation.send(new DescribeStacksCommand({})),
      cloudtrail: () => clients.cloudTrail.send(new DescribeTrailsCommand({})),
      dynamodb: () => clients.dynamo.send(new GetItemCommand({ TableName: 't', Key: {} })),
      events: () => clients.events.send(new DescribeRuleCommand({ Name: 'r' })),
      iam: () => clients.iam.send(new GetUserCommand({})),
      lambda: () => clients.lambda.send(new GetFunctionCommand({ FunctionName: 'f' })),
      sqs: () => clients.sqs.send(new ListQueuesCommand({})),
      ses: () => clients.ses.send(new GetAccountCommand({})),
      ssm: () => clients.ssm.send(new DescribeParametersCommand({})),
    };
    for (const [service, call] of Object.entries(calls)) {
      const error = await call().catch((thrown: unknown) => thrown);
      expect(error).toHaveProperty('command', expect.stringMatching(new RegExp(`^${service}:`)));
    }
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
