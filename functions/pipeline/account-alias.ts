import type { IAMClient } from '@aws-sdk/client-iam';
import { getAccountAlias } from '../io/iam/get-account-alias.ts';
import type { Log } from '../setup/log.ts';

/** Gives the account's alias, or null where it has none or it cannot be read just now. */
export type AccountAlias = () => Promise<string | null>;

/**
 * The account's alias, read when first needed and kept: it says nothing of any user, so a failed reading
 * holds up no message and is tried again with the next.
 */
export function accountAlias(iam: IAMClient, log: Log): AccountAlias {
  let read: Promise<string | null> | null = null;
  return async () => {
    read ??= getAccountAlias(iam);
    try {
      return await read;
    } catch (error) {
      read = null;
      log.warn('the account’s alias could not be read', { error: error as Error });
      return null;
    }
  };
}
