import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { stateKeys } from '../../../events/state-keys.ts';
import { isCurrent } from '../../domain/review/refused-users.ts';
import { getEntries } from '../../io/dynamodb.ts';
import { readActions } from '../review/logged-actions.ts';

/** What the state table says of a user's block. ISO 8601, or null where it does not say. */
export interface BlockTime {
  /** When the enforcer blocked the user. Null where the last action is another one, or may not have been done. */
  readonly blockedAt: string | null;
  /** Since when the circuit breaker refuses to block the user. */
  readonly refusedAt: string | null;
}

/** What the state table says of these users. Throws the error of a failed read. */
export type BlockTimes = (
  account: string,
  users: readonly string[],
) => Promise<ReadonlyMap<string, BlockTime>>;

/**
 * When users were blocked, or refused, by the action log of the state table.
 * @param now an entry with a time in the future counts as absent
 */
export function blockTimesInStateTable(
  dynamo: DynamoDBClient,
  table: string,
  now: () => Date,
): BlockTimes {
  return async (account, users) => {
    const idOf = (user: string) => stateKeys.actionLog(account, user);
    const entries = users.length === 0 ? null : await getEntries(dynamo, table, users.map(idOf));
    return new Map(
      users.map((user) => {
        const actions = readActions(entries?.get(idOf(user)), idOf(user), now());
        const { pending, published, refused } = actions;
        const [last] = published;
        const isKnown = pending === null && last?.certain && last.action === 'block';
        return [
          user,
          {
            blockedAt: isKnown ? last.at : null,
            refusedAt: refused !== undefined && isCurrent(refused, now()) ? refused : null,
          },
        ];
      }),
    );
  };
}
