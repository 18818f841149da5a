import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LastSweep, lastSweepId } from '../../../events/last-sweep.ts';
import { getEntries } from '../../io/memory/get-entries.ts';

/**
 * When the nightly sweep last finished in each account, as the hub's memory table has it.
 * @returns account → ISO date; an account that was never swept, or whose record cannot be read, is missing
 * @throws whatever a failed call throws
 */
export async function lastSweepsInMemory(
  dynamo: DynamoDBClient,
  table: string,
  accounts: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const entries = await getEntries(dynamo, table, accounts.map(lastSweepId));
  const found = new Map<string, string>();
  for (const account of accounts) {
    const entry = entries.get(lastSweepId(account));
    if (entry === undefined) continue;
    const parsed = LastSweep.safeParse(fromJson(entry));
    if (parsed.success) found.set(account, parsed.data.finishedAt);
  }
  return found;
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
