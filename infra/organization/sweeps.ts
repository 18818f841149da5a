import { LastSweep, lastSweepId } from '../../events/last-sweep.ts';
import { getEntries } from '../../functions/io/memory/get-entries.ts';
import type { Context } from './context.ts';
import type { Hub } from './hub.ts';

/** The last sweep of each account, as far as it left a record that can be read. */
export async function lastSweeps(
  { dynamo }: Context,
  { memoryTable }: Hub,
  accounts: readonly string[],
): Promise<Map<string, LastSweep>> {
  const entries = await getEntries(dynamo, memoryTable, accounts.map(lastSweepId));
  const sweeps = new Map<string, LastSweep>();
  for (const account of accounts) {
    const text = entries.get(lastSweepId(account));
    const { success, data } = LastSweep.safeParse(text === undefined ? null : JSON.parse(text));
    if (success) sweeps.set(account, data);
  }
  return sweeps;
}
