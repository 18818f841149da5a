import type { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { AccountId } from '../../events/envelope.ts';
import type { Settings } from '../domain/rules/settings.ts';
import {
  readSpokeSettings,
  type SpokeSessions,
  spokeClient,
} from '../pipeline/accounts/spoke-session.ts';
import { iamClientOf, namingActions } from '../runtime/clients.ts';
import { commandSettings } from '../runtime/config.ts';
import { type Identity, identify } from './account.ts';
import type { AccountOptions } from './options.ts';
import { type Shell, UsageError } from './shell.ts';

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
  { env }: Shell,
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
