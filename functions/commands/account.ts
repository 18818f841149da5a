import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import type { Settings } from '../domain/settings.ts';
import { getCallerIdentity } from '../io/get-caller-identity.ts';
import { commandClientConfig, namingActions } from '../setup/clients.ts';
import { commandSettings } from '../setup/config.ts';
import type { AccountOptions } from './options.ts';
import type { Shell } from './shell.ts';

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
export async function connect({ env }: Shell, options: AccountOptions): Promise<Account> {
  // Before the first call: a wrong setting needs no credentials to be found.
  commandSettings(env, options, { account: '000000000000', partition: 'aws' });
  const config = await commandClientConfig(options);
  const { account, arn } = await getCallerIdentity(namingActions('sts', new STSClient(config)));
  const partition = arn.split(':')[1] ?? 'aws';
  return {
    iam: namingActions('iam', new IAMClient(config)),
    settings: commandSettings(env, options, { account, partition }),
    partition,
    caller: arn,
  };
}
