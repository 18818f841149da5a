import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import type { Settings } from '../domain/settings.ts';
import { getCallerIdentity } from '../io/get-caller-identity.ts';
import { commandClientConfig, namingActions } from '../setup/clients.ts';
import { commandSettings } from '../setup/config.ts';
import type { AccountOptions } from './options.ts';
import type { Shell } from './shell.ts';

// Where nothing answers, or nothing can be reached, a person is told at once. STS throttles hardly anybody.
const FIRST_ATTEMPTS = 3;

/** The account that a command looks at, as whom, and how it decides. */
export interface Account {
  readonly iam: IAMClient;
  readonly settings: Settings;
  readonly partition: string;
  /** The caller's own ARN. */
  readonly caller: string;
}

/**
 * Connects to the account of the standard AWS configuration.
 * @throws BadConfiguration for a wrong setting; whatever a failed call throws
 */
export async function connect(shell: Shell, options: AccountOptions): Promise<Account> {
  // Before the first call: a wrong setting needs no credentials to be found.
  commandSettings(shell.env, options, { account: '000000000000', partition: 'aws' });
  const { config, account, partition, caller } = await identify(shell, options);
  return {
    iam: namingActions('iam', new IAMClient(config)),
    settings: commandSettings(shell.env, options, { account, partition }),
    partition,
    caller,
  };
}

/** Who calls, in which account, with which configuration of clients. */
export async function identify(
  { env }: Shell,
  options: Pick<AccountOptions, 'profile' | 'region'>,
) {
  // By the client's option alone the SDK would not see the profile's endpoint_url.
  if (options.profile !== undefined) env.AWS_PROFILE = options.profile;
  const config = await commandClientConfig(env, options);
  const { account, arn } = await whoCalls(env, options, config);
  return { config, account, partition: arn.split(':')[1] ?? 'aws', caller: arn };
}

/** @throws whatever the call throws, with the profile that was to give credentials */
async function whoCalls(
  env: Shell['env'],
  { profile = env.AWS_PROFILE }: Pick<AccountOptions, 'profile'>,
  config: Awaited<ReturnType<typeof commandClientConfig>>,
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
