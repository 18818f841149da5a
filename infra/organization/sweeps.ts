import { LastSweep, lastSweepId, Unswept, unsweptId } from '../../events/last-sweep.ts';
import { getEntries } from '../../functions/io/dynamodb.ts';
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

/** The last time that an account could not be swept; null where it left no record that can be read. */
export async function lastFailure(
  { dynamo }: Context,
  { memoryTable }: Hub,
  account: string,
): Promise<Unswept | null> {
  const id = unsweptId(account);
  const text = (await getEntries(dynamo, memoryTable, [id])).get(id);
  return Unswept.safeParse(text === undefined ? null : JSON.parse(text)).data ?? null;
}
