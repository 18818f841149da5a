import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { S3Client } from '@aws-sdk/client-s3';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { trustedCertificates } from './ca-bundle.ts';
import { iamClientOf, namingActions, retries } from './clients.ts';
import { commandCredentials, type Person } from './command-credentials.ts';
import { EnvironmentProxyAgent, proxyOf } from './proxy.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Which account a command looks at: the rest is the SDK's standard configuration. */
export interface ClientOptions {
  readonly profile?: string;
  readonly region?: string;
}

// The connection to a proxy counts with the proxy's own one to AWS.
const CONNECTION_BY_PROXY_MS = 10_000;

/**
 * The configuration of the command line's clients. IAM and STS have endpoints for a whole partition, so that any of
 * its Regions does; where none is configured, the commercial partition's is taken. Proxies and certificates are those
 * that the aws CLI takes; the SDK reads neither.
 * @param person who is asked for MFA codes
 * @throws BadConnection for a proxy or a file of certificates that cannot be used
 */
export async function commandClientConfig(
  env: Env,
  { profile, region }: ClientOptions,
  person: Person,
) {
  const configured = region ?? (await configuredRegion(profile));
  const { maxAttempts: _, requestHandler, ...others } = retries;
  const handler = { ...requestHandler, ...(await connections(env, profile)) };
  const named = profile === undefined ? {} : { profile };
  return {
    ...others,
    requestHandler: handler,
    // What is not said here is the SDK's own configuration, which AWS_MAX_ATTEMPTS belongs to.
    ...(env.AWS_MAX_ATTEMPTS === undefined ? { maxAttempts: 8 } : {}),
    region: configured ?? 'us-east-1',
    // The clients that ask for credentials, such as IAM Identity Center's, do not take their caller's connections.
    credentials: commandCredentials(
      { ...named, clientConfig: { requestHandler: handler as object } },
      person,
    ),
    ...named,
  };
}

/** How the SDK's request handler connects: through the environment's proxies, and trusting its certificates. */
async function connections(env: Env, profile: string | undefined) {
  const trusted = await trustedCertificates(env, profile);
  const [http, https] = [proxyOf(env, 'http'), proxyOf(env, 'https')];
  const own = trusted && { httpsAgent: { secureContext: trusted } };
  return {
    ...(http && { httpAgent: new EnvironmentProxyAgent(env, http, trusted) }),
    ...(https ? { httpsAgent: new EnvironmentProxyAgent(env, https, trusted) } : own),
    ...((http ?? https) && { connectionTimeout: CONNECTION_BY_PROXY_MS }),
  };
}

async function configuredRegion(profile: string | undefined): Promise<string | null> {
  const probe = new IAMClient(profile === undefined ? {} : { profile });
  try {
    return await probe.config.region();
  } catch (error) {
    if (error instanceof Error && error.message === 'Region is missing') return null;
    throw error;
  } finally {
    probe.destroy();
  }
}

/**
 * The clients of the commands that work on a deployment. Their errors carry the failed action.
 * @param config configuration with the deployment's Region
 */
export function deploymentClients(
  config: Omit<Awaited<ReturnType<typeof commandClientConfig>>, 'profile'>,
) {
  return {
    cloudFormation: namingActions('cloudformation', new CloudFormationClient(config)),
    cloudTrail: namingActions('cloudtrail', new CloudTrailClient(config)),
    dynamo: namingActions('dynamodb', new DynamoDBClient(config)),
    events: namingActions('events', new EventBridgeClient(config)),
    iam: namingActions('iam', iamClientOf(config)),
    lambda: namingActions('lambda', new LambdaClient(config)),
    // Organizations has one endpoint a partition, which the SDK resolves from any of its Regions.
    organizations: namingActions('organizations', new OrganizationsClient(config)),
    s3: namingActions('s3', new S3Client(config)),
    ses: namingActions('ses', new SESv2Client(config)),
    // As in sqsClient: a queue's URL may name another host than the configured endpoint.
    sqs: namingActions('sqs', new SQSClient({ ...config, useQueueUrlAsEndpoint: false })),
    ssm: namingActions('ssm', new SSMClient(config)),
  };
}

export type DeploymentClients = ReturnType<typeof deploymentClients>;
