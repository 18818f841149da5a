import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { IAMClient } from '@aws-sdk/client-iam';
import { accountNameId } from '../../../events/last-sweep.ts';
import { getEntry } from '../../io/dynamodb.ts';
import { getAccountAlias } from '../../io/iam-account.ts';
import type { Log } from '../../runtime/log.ts';
import { readAccountName } from '../sweep/stored-sweep.ts';

/** What people call an account. */
interface Names {
  /** IAM's alias; null where there is none, or it cannot be read just now. */
  readonly alias: string | null;
  /** The organization's name for it; null where it is not known. */
  readonly accountName: string | null;
}

/** Gives an account's names. They say nothing of any user, so that a failed reading delays no message. */
export type AccountNames = (account: string) => Promise<Names>;

/** The organization's name for an account, or null where it is not known. */
export type NameInOrganization = (account: string) => Promise<string | null>;

/**
 * An account's names, read when first needed and kept; what failed is tried again with the next message.
 * @param account whose alias the client reads; any other account has none here
 * @param nameOf gives the organization's names
 */
export function accountNames(
  account: string,
  iam: IAMClient,
  nameOf: NameInOrganization,
  log: Log,
): AccountNames {
  const alias = kept(() => getAccountAlias(iam), 'the account’s alias could not be read', log);
  return async (asked) => ({
    alias: asked === account ? await alias() : null,
    accountName: await nameOf(asked),
  });
}

/** Outside of an organization accounts have no names. */
export const noNames: NameInOrganization = async () => null;

/** The names that the last sweep of the organization left in the state table. One that is not there yet is looked for again. */
export function namesInStateTable(
  dynamo: DynamoDBClient,
  table: string,
  log: Log,
): NameInOrganization {
  const known = new Map<string, () => Promise<string | null>>();
  return async (account) => {
    const read =
      known.get(account) ??
      kept(
        async () =>
          readAccountName(account, await getEntry(dynamo, table, accountNameId(account)), log),
        'the account’s name could not be read',
        log,
      );
    known.set(account, read);
    const name = await read();
    if (name === null) known.delete(account);
    return name;
  };
}

function kept(read: () => Promise<string | null>, problem: string, log: Log) {
  let reading: Promise<string | null> | null = null;
  return async () => {
    reading ??= read();
    try {
      return await reading;
    } catch (error) {
      reading = null;
      log.warn(problem, { error: error as Error });
      return null;
    }
  };
}
