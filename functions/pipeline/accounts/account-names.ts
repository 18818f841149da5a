import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { IAMClient } from '@aws-sdk/client-iam';
import { stateKeys } from '../../../events/state-keys.ts';
import { getEntry } from '../../io/dynamodb.ts';
import { getAccountAlias } from '../../io/iam-account.ts';
import type { Log } from '../../runtime/log.ts';
import { readAccountName } from '../sweep/stored-sweep.ts';

/** The names of an account. */
interface Names {
  /** IAM's alias; null if there is none, or if it could not be read. */
  readonly alias: string | null;
  /** The organization's name of the account; null if unknown. */
  readonly accountName: string | null;
}

/** Gives an account's names. They do not affect any decision, so a failed read delays no message. */
export type AccountNames = (account: string) => Promise<Names>;

/** The organization's name of an account, or null if unknown. */
export type NameInOrganization = (account: string) => Promise<string | null>;

/**
 * An account's names, read once when they are first needed. A failed read is tried again with the next message.
 * @param account the client's account, whose alias it reads; other accounts get no alias
 * @param nameOf gives the organization's names
 */
export function accountNames(
  account: string,
  iam: IAMClient,
  nameOf: NameInOrganization,
  log: Log,
): AccountNames {
  const alias = kept(() => getAccountAlias(iam), 'the account alias could not be read', log);
  return async (asked) => ({
    alias: asked === account ? await alias() : null,
    accountName: await nameOf(asked),
  });
}

/** Outside an organization accounts have no names. */
export const noNames: NameInOrganization = async () => null;

/** The names that the last sweep of the organization recorded in the state table. A missing name is read again later. */
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
          readAccountName(
            account,
            await getEntry(dynamo, table, stateKeys.accountName(account)),
            log,
          ),
        'the account name could not be read',
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
