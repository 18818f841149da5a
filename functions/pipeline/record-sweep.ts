import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type LastSweep, lastSweepId } from '../../events/last-sweep.ts';
import type { Outcome } from '../../events/outcome.ts';
import { putEntry } from '../io/memory/put-entry.ts';
import type { Log } from '../setup/log.ts';

const KEPT_DAYS = 400;
const DAY_MS = 24 * 60 * 60 * 1000;

export interface SweepRecorder {
  readonly dynamo: DynamoDBClient;
  readonly memoryTable: string;
  readonly log: Log;
}

/**
 * Leaves a record of a sweep that has finished, for the doctor. The sweep has done its work without it, so
 * that a record that cannot be written is a warning.
 */
export async function recordSweep(
  { dynamo, memoryTable, log }: SweepRecorder,
  { account, at, mode, totals }: Extract<Outcome, { kind: 'sweep-finished' }>,
): Promise<void> {
  const record: LastSweep = {
    schema: 'mfa-enforcer/last-sweep/1',
    account,
    finishedAt: at,
    mode,
    totals,
  };
  const expires = new Date(new Date(at).getTime() + KEPT_DAYS * DAY_MS);
  try {
    await putEntry(dynamo, memoryTable, lastSweepId(account), JSON.stringify(record), expires);
  } catch (error) {
    log.warn('the sweep has finished, and could not be recorded', { error: error as Error });
  }
}
