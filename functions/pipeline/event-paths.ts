import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Reason, ReportedPath } from '../../events/outcome.ts';
import { eventPathOf } from '../domain/accounts/event-path.ts';
import { getEntries } from '../io/dynamodb.ts';
import { pathEntries, pathKeys } from './stored-path.ts';

/** The hub's state table, and a client for it. */
export interface StateTable {
  readonly dynamo: DynamoDBClient;
  readonly name: string;
}

const NO_TABLE: Reason = {
  code: 'no-state-table',
  text: 'no deployed stack was read, and its state table says whether IAM events arrive',
};

const NONE = { since: null, sweeps: 0, latencyMs: null, why: null };

/**
 * The event paths of accounts by the state table, three entries each.
 * @param now decides whether a probe is due; an entry with a time in the future counts as absent
 * @returns the event path of each of these accounts
 * @throws the error of a failed read
 */
export async function eventPathsIn(
  accounts: readonly string[],
  table: StateTable,
  now: Date,
): Promise<(account: string) => ReportedPath> {
  const found = await getEntries(table.dynamo, table.name, accounts.flatMap(pathKeys));
  return (account) => ({ ...NONE, ...eventPathOf(pathEntries(found, { account, now }), now) });
}

/**
 * The same for a report or the record of a sweep. What cannot be read is unknown, never proven and never silent.
 * @param table null where no state table is known
 * @param how reasonOf says why a read failed
 */
export async function readEventPaths(
  accounts: readonly string[],
  table: StateTable | null,
  how: { readonly now: () => Date; readonly reasonOf: (error: unknown) => Reason },
): Promise<(account: string) => ReportedPath> {
  const unknown = (why: Reason) => (): ReportedPath => ({ ...NONE, state: 'unknown', why });
  if (table === null) return unknown(NO_TABLE);
  try {
    return await eventPathsIn(accounts, table, how.now());
  } catch (error) {
    return unknown(how.reasonOf(error));
  }
}
