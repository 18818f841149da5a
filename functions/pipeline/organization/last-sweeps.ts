import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { lastSweepId } from '../../../events/last-sweep.ts';
import { getEntries } from '../../io/dynamodb.ts';
import { readLastSweepFor } from '../stored-sweep.ts';

/**
 * When the nightly sweep last finished in each account, as the hub's memory table has it.
 * @returns account → ISO date; an account that was never swept, or whose record cannot be read, is missing
 * @throws whatever a failed call throws
 */
export async function lastSweepsInMemory(
  dynamo: DynamoDBClient,
  table: string,
  accounts: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, string>> {
  const entries = await getEntries(dynamo, table, accounts.map(lastSweepId));
  const found = new Map<string, string>();
  for (const account of accounts) {
    const last = readLastSweepFor(account, entries.get(lastSweepId(account)), now);
    if (last !== null) found.set(account, last.finishedAt);
  }
  return found;
}
