import type { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { AccountId } from '../../events/envelope.ts';
import { type Partition, partitionNamed } from '../domain/rules/partition.ts';
import type { Settings } from '../domain/rules/settings.ts';
import { getCallerIdentity } from '../io/sts.ts';
import {
  readSpokeSettings,
  type SpokeSessions,
  spokeClient,
} from '../pipeline/accounts/spoke-session.ts';
import {
  type ClientOptions,
  commandClientConfig,
  iamClientOf,
  namingActions,
} from '../runtime/clients.ts';
import { commandSettings } from '../runtime/config.ts';
import type { AccountOptions } from './options.ts';
import { type Terminal, UsageError } from './terminal.ts';

// Where nothing answers, or nothing can be reached, a person is told at once. STS throttles hardly anybody.
const FIRST_ATTEMPTS = 3;

/** The account that a command looks at, as whom, and how it decides. */
export interface Account {
  readonly iam: IAMClient;
  readonly settings: Settings;
  readonly partition: Partition;
  /** The caller's own ARN. */
  readonly caller: string;
}

/**
 * Connects to the account of the standard AWS configuration.
 * @throws BadConfiguration for a wrong setting; whatever a failed call throws
 */
export async function connect({ env }: Terminal, options: AccountOptions): Promise<Account> {
  // Before the first call: a wrong setting needs no credentials to be found.
  commandSettings(env, options, { account: '000000000000', partition: 'aws' });
  const { config, account, partition, caller } = await identify(env, options);
  return {
    iam: namingActions('iam', iamClientOf(config)),
    settings: commandSettings(env, options, { account, partition }),
    partition,
    caller,
  };
}

/** Whose account the standard AWS configuration leads to, and the configuration of further clients. */
export interface Identity {
  readonly config: Awaited<ReturnType<typeof commandClientConfig>>;
  readonly account: string;
  readonly partition: Partition;
  /** The caller's own ARN. */
  readonly caller: string;
}

/**
 * Learns whose account it is.
 * @throws UnsupportedPartition; whatever a failed call throws
 */
export async function identify(env: Terminal['env'], options: ClientOptions): Promise<Identity> {
  // By the client's option alone the SDK would not see the profile's endpoint_url.
  if (options.profile !== undefined) env.AWS_PROFILE = options.profile;
  const config = await commandClientConfig(env, options);
  const { account, arn } = await whoCalls(env, options, config);
  return { config, account, partition: partitionNamed(arn.split(':')[1] ?? ''), caller: arn };
}

/** @throws whatever the call throws, with the profile that was to give credentials */
async function whoCalls(
  env: Terminal['env'],
  { profile = env.AWS_PROFILE }: ClientOptions,
  config: Identity['config'],
): Promise<{ account: string; arn: string }> {
  const { maxAttempts, ...others } = config;
  const few = maxAttempts === undefined ? {} : { maxAttempts: FIRST_ATTEMPTS };
  try {
    return await getCallerIdentity(namingActions('sts', new STSClient({ ...others, ...few })));
  } catch (error) {
    if (error instanceof Error && profile && Object.isExtensible(error)) {
      Object.assign(error, { profile });
    }
    throw error;
  }
}

/** Sessions of the read role in the accounts of the caller's organization. */
export function readSessions({ config }: Identity, hub: Settings): SpokeSessions {
  return {
    sts: namingActions('sts', new STSClient(config)),
    iamWith: (credentials) => namingActions('iam', iamClientOf({ ...config, credentials })),
    hub,
    role: 'read',
    sessionName: 'mfa-enforcer',
  };
}

/**
 * Connects to an account of the organization: as its read role, or as the caller where it is the caller's own.
 * @param account 12 digits
 * @throws UsageError, BadConfiguration, AccountUnreachable; whatever a failed call throws
 */
export async function connectTo(
  { env }: Terminal,
  account: string,
  options: AccountOptions,
): Promise<{ iam: IAMClient; settings: Settings }> {
  if (!AccountId.safeParse(account).success) {
    throw new UsageError(`--account: "${account}" is no 12-digit account id`);
  }
  // Before the first call: a wrong setting needs no credentials to be found.
  commandSettings(env, options, { account, partition: 'aws' });
  const identity = await identify(env, options);
  const hub = commandSettings(env, options, identity);
  if (account === hub.account) {
    return { iam: namingActions('iam', iamClientOf(identity.config)), settings: hub };
  }
  const sessions = readSessions(identity, hub);
  const iam = spokeClient(sessions, account);
  return { iam, settings: await readSpokeSettings(sessions, account, iam) };
}
