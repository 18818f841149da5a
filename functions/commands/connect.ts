import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { AccountId } from '../../events/envelope.ts';
import { type Partition, partitionNamed, partitions } from '../domain/rules/partition.ts';
import type { Settings } from '../domain/rules/settings.ts';
import { getCallerIdentity } from '../io/sts.ts';
import {
  readSpokeSettings,
  type SpokeSessions,
  spokeClient,
} from '../pipeline/accounts/spoke-session.ts';
import { type DeployedSettings, deployedSettings, isSpoke } from '../pipeline/deployed-settings.ts';
import { iamClientOf, namingActions } from '../runtime/clients.ts';
import { type ClientOptions, commandClientConfig } from '../runtime/command-clients.ts';
import { commandSettings } from '../runtime/config.ts';
import { askMfaCode } from './mfa-code.ts';
import { type AccountOptions, stackOf } from './options.ts';
import { type Terminal, UsageError } from './terminal.ts';

// The first call fails after a few seconds where the network or the endpoint is wrong. STS rarely throttles.
const FIRST_ATTEMPTS = 3;

/** The account that a command reads, and the settings of its decisions. */
export interface Account extends Deployed {
  readonly iam: IAMClient;
}

/** The settings, and the caller's identity. */
export interface Deployed extends DeployedSettings {
  readonly identity: Identity;
  /** Whether the account is a spoke, whose hub has the settings. */
  readonly isSpoke: 'yes' | 'no' | 'unknown';
}

/**
 * Connects to the account of the standard AWS configuration.
 * @throws BadConfiguration for a wrong setting; StackNotRead; the error of a failed call
 */
export async function connect(terminal: Terminal, options: AccountOptions): Promise<Account> {
  const deployed = await readSettings(terminal, options);
  return { ...deployed, iam: ownIam(deployed.identity) };
}

/** IAM in the caller's account. */
export function ownIam({ config }: Identity): IAMClient {
  return namingActions('iam', iamClientOf(config));
}

/**
 * Reads the settings from the stack that is deployed in the caller's account.
 * @throws BadConfiguration for a wrong setting; StackNotRead; the error of a failed call
 */
export async function readSettings(terminal: Terminal, options: AccountOptions): Promise<Deployed> {
  const { env, err } = terminal;
  const asked = options.stack === false ? null : stackOf(env, options.stack);
  // The options are checked before the first call, so that a wrong one needs no credentials.
  commandSettings(options, null, { account: '000000000000', partition: 'aws' });
  const identity = await identify(terminal, options);
  const { account, partition, config } = identity;
  const region = partitions[partition].eventRegion;
  const cloudFormation = new CloudFormationClient({ ...config, ...(region && { region }) });
  const deployed = await deployedSettings(options, {
    cloudFormation: namingActions('cloudformation', cloudFormation),
    // Where IAM's events are not delivered, there is no deployment.
    stack: region === null ? null : asked,
    account,
    partition,
  });
  const { settings, settingsFrom } = deployed;
  const isMissing = settingsFrom.kind === 'defaults' && settingsFrom.stack !== null;
  const ofHub = isMissing ? await isSpoke(ownIam(identity), settings) : 'no';
  if (ofHub === 'yes') {
    err(
      `Account ${account} is a spoke: the hub’s settings apply, but these are the defaults. With the hub’s credentials, ` +
        `explain --account ${account} and report or plan --accounts ${account} use the hub’s.\n`,
    );
  }
  return { ...deployed, identity, isSpoke: ofHub };
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
 * @throws UnsupportedPartition; BadConnection, NoMfaCode; the error of a failed call
 */
export async function identify(terminal: Terminal, options: ClientOptions): Promise<Identity> {
  const { env } = terminal;
  // The SDK reads a profile's endpoint_url only where AWS_PROFILE names the profile.
  if (options.profile !== undefined) env.AWS_PROFILE = options.profile;
  const person = { askMfaCode: askMfaCode(terminal, env.AWS_PROFILE), now: terminal.now };
  const config = await commandClientConfig(env, options, person);
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
 * @throws UsageError, BadConfiguration, StackNotRead, AccountUnreachable; the error of a failed call
 */
export async function connectTo(
  terminal: Terminal,
  account: string,
  options: AccountOptions,
): Promise<Account> {
  if (!AccountId.safeParse(account).success) {
    throw new UsageError(`--account: "${account}" is not a 12-digit account ID`);
  }
  const hub = await readSettings(terminal, options);
  const { identity, settings } = hub;
  if (account === settings.account) return { ...hub, iam: ownIam(identity) };
  const sessions = readSessions(identity, settings);
  const iam = spokeClient(sessions, account);
  return { ...hub, iam, settings: await readSpokeSettings(sessions, account, iam) };
}
