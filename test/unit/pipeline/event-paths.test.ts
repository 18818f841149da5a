import { describe, expect, it } from 'vitest';
import { stateKeys } from '../../../events/state-keys.ts';
import { readEventPaths, type StateTable } from '../../../functions/pipeline/event-paths.ts';
import { MemoryDynamo } from '../../fakes/memory-dynamo.ts';
import { ACCOUNT, START } from '../../fakes/settings.ts';

const at = (ms: number) => new Date(START + ms).toISOString();
const reasonOf = (error: unknown) => ({ code: 'denied', text: (error as Error).message });

function tableWith(entries: Readonly<Record<string, object>>) {
  const dynamo = new MemoryDynamo();
  for (const [id, entry] of Object.entries(entries)) {
    dynamo.items.set(id, { id: { S: id }, body: { S: JSON.stringify(entry) } });
  }
  return { dynamo, table: { dynamo, name: 'memory' } };
}

const now = () => new Date(START + 60_000);
const pathIn = async (table: StateTable | null) =>
  (await readEventPaths([ACCOUNT], table, { now, reasonOf }))(ACCOUNT);

const probe = {
  schema: 'mfa-enforcer/probe/1',
  account: ACCOUNT,
  sweepId: 's',
  value: 'v',
  sentAt: at(0),
  dueAt: at(30_000),
  state: 'sent',
  why: null,
};
const proof = {
  schema: 'mfa-enforcer/proof/1',
  account: ACCOUNT,
  value: 'v',
  receivedAt: at(900),
  latencyMs: 900,
};

describe('the event path in a report', () => {
  it('is proven where the table has the proof of the last probe', async () => {
    const { table } = tableWith({
      [stateKeys.probe(ACCOUNT)]: probe,
      [stateKeys.proof(ACCOUNT)]: proof,
    });
    expect(await pathIn(table)).toEqual({
      state: 'proven',
      since: at(900),
      sweeps: 0,
      latencyMs: 900,
      why: null,
    });
  });

  it('is unproven where the probe is due and did not come back', async () => {
    const { table } = tableWith({ [stateKeys.probe(ACCOUNT)]: probe });
    expect(await pathIn(table)).toEqual({
      state: 'unproven',
      since: at(0),
      sweeps: 1,
      latencyMs: null,
      why: null,
    });
  });

  it.each([
    ['of another account', { ...probe, account: '444455556666' }],
    ['from the future', { ...probe, sentAt: at(1e9), dueAt: at(2e9) }],
    ['due before it was made', { ...probe, dueAt: at(-1) }],
    ['of another form', { schema: 'mfa-enforcer/probe/2' }],
  ])('does not count an entry that is %s', async (_, entry) => {
    const { table } = tableWith({ [stateKeys.probe(ACCOUNT)]: entry });
    expect(await pathIn(table)).toMatchObject({
      state: 'not-probed',
      why: { code: 'never' },
    });
  });

  it('is unknown where the table cannot be read, or is not known', async () => {
    const { dynamo, table } = tableWith({ [stateKeys.probe(ACCOUNT)]: probe });
    dynamo.fail.BatchGetItem = 1;
    const why = { code: 'denied', text: 'BatchGetItem is unavailable' };
    expect(await pathIn(table)).toMatchObject({ state: 'unknown', why });
    expect(await pathIn(null)).toMatchObject({
      state: 'unknown',
      why: { code: 'no-state-table' },
    });
  });

  it('of many accounts is read with one call for 100 entries', async () => {
    const { dynamo, table } = tableWith({
      [stateKeys.probe(ACCOUNT)]: probe,
      [stateKeys.proof(ACCOUNT)]: proof,
    });
    const others = Array.from({ length: 65 }, (_, index) => String(200_000_000_000 + index));
    const pathOf = await readEventPaths([...others, ACCOUNT], table, { now, reasonOf });
    expect(pathOf(ACCOUNT).state).toBe('proven');
    expect(others.map((one) => pathOf(one).state)).toEqual(others.map(() => 'not-probed'));
    expect(dynamo.calls.map(({ ids }) => ids.length)).toEqual([100, 99, 1]);
  });
});
