import { expect, it } from 'vitest';
import { stateKeys } from '../../../../events/state-keys.ts';
import { lastSweepsInStateTable } from '../../../../functions/pipeline/report/read-organization.ts';
import { lastSweep } from '../../../fakes/last-sweep.ts';
import { MemoryDynamo } from '../../../fakes/memory-dynamo.ts';

const idOf = (index: number) => String(200000000000 + index);

it('reads when each of 250 accounts was last swept, and skips invalid records', async () => {
  const dynamo = new MemoryDynamo();
  const put = (account: string, body: string) =>
    dynamo.items.set(stateKeys.lastSweep(account), {
      id: { S: stateKeys.lastSweep(account) },
      body: { S: body },
    });
  const accounts = Array.from({ length: 250 }, (_, index) => idOf(index));
  for (const account of accounts.slice(2)) {
    const record = lastSweep({ account, finishedAt: '2026-03-01T03:05:00.000Z' });
    put(account, JSON.stringify(record));
  }
  put(idOf(1), '{');
  put(idOf(2), 'null');
  const found = await lastSweepsInStateTable(
    dynamo,
    'table',
    accounts,
    new Date('2026-03-02T00:00:00Z'),
  );
  expect(found.size).toBe(247);
  expect(found.get(idOf(249))).toBe('2026-03-01T03:05:00.000Z');
  expect([0, 1, 2].filter((index) => found.has(idOf(index)))).toEqual([]);
});
