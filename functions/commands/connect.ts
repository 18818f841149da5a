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

// The first call fails after a few seconds where the network or the endpoint is wrong. STS rarely throttles.
const FIRST_ATTEMPTS = 3;

/** The account that a command reads, the caller's identity and the settings. */
export interface Account {
  readonly iam: IAMClient;
  readonly settings: Settings;
  readonly partition: Partition;
  /** The caller's own ARN. */
  readonly caller: string;
}

/**
 * Connects to the account of the standard AWS configuration.
 * @throws BadConfiguration for a wrong setting; the error of a failed call
 */
export async function connect({ env }: Terminal, options: AccountOptions): Promise<Account> {
  // The settings are checked before the first call, so that a wrong one needs no credentials.
  commandSettings(env, options, { account: '000000000000', partition: 'aws' });
  const { config, account, partition, caller } = await identify(env, options);
  return {
    iam: namingActions('iam', iamClientOf(config)),
    settings: commandSettings(env, options, { account, partition }),
    partition,
    caller,
  };
}

/** The caller's account and ARN, and the configuration of further clients. */
export interface Identity {
  readonly config: Awaited<ReturnType<typeof commandClientConfig>>;
  readonly account: string;
  readonly partition: Partition;
  /** The caller's own ARN. */
  readonly caller: string;
}

/**
 * Reads the caller's account and ARN from STS.
 * @throws UnsupportedPartition; the error of a failed call
 */
export async function identify(env: Terminal['env'], options: ClientOptions): Promise<Identity> {
  // The SDK reads a profile's endpoint_url only where AWS_PROFILE names the profile.
  if (options.profile !== undefined) env.AWS_PROFILE = options.profile;
  const config = await commandClientConfig(env, options);
  const { account, arn } = await whoCalls(env, options, config);
  return { config, account, partition: partitionNamed(arn.split(':')[1] ?? ''), caller: arn };
}

/** @throws the call's error, with the name of the profile */
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
 * Connects to an account of the organization: with its read role, or with the caller's credentials for the caller's account.
 * @param account 12 digits
 * @throws UsageError, BadConfiguration, AccountUnreachable; the error of a failed call
 */
export async function connectTo(
  { env }: Terminal,
  account: string,
  options: AccountOptions,
): Promise<{ iam: IAMClient; settings: Settings }> {
  if (!AccountId.safeParse(account).success) {
    throw new UsageError(`--account: "${account}" is not a 12-digit account ID`);
  }
  // The settings are checked before the first call, so that a wrong one needs no credentials.
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
