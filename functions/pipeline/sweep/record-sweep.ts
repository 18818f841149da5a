import type { LastSweep, Unswept } from '../../../events/last-sweep.ts';
import type { OutcomeOf, Reason } from '../../../events/outcome.ts';
import type { SweepRequest } from '../../../events/requests.ts';
import { stateKeys } from '../../../events/state-keys.ts';
import { putEntry } from '../../io/dynamodb.ts';
import type { SweepDeps } from './sweep-deps.ts';

const KEPT_DAYS = 400;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Records an account's finished sweep, for the doctor and for the organization's summary. */
export async function recordSweep(
  deps: SweepDeps,
  finished: OutcomeOf<'sweep-finished'>,
  alias: string | null,
): Promise<void> {
  const { account, at, mode, sweepId, startedAt, totals, differences } = finished;
  const { breakGlassWithoutMfa, endingExemptions, failedParts } = finished;
  const record: LastSweep = {
    schema: 'mfa-enforcer/last-sweep/1',
    account,
    sweepId,
    startedAt,
    finishedAt: at,
    mode,
    totals,
    differences,
    alias,
    breakGlassWithoutMfa,
    endingExemptions,
    failedParts,
  };
  await put(deps, stateKeys.lastSweep(account), record, at);
}

/** Records that an account could not be swept, with the reason. */
export async function recordUnswept(
  deps: SweepDeps,
  { account, sweepId, startedAt }: SweepRequest,
  why: Reason,
  now: Date,
): Promise<void> {
  const at = now.toISOString();
  const schema = 'mfa-enforcer/unswept/1';
  const record: Unswept = { schema, account, sweepId, startedAt, at, why };
  await put(deps, stateKeys.unswept(account), record, at);
}

/** Writes a record. A failed write is only a warning, because the sweep has done its work. */
async function put(
  { dynamo, stateTable, log }: SweepDeps,
  id: string,
  record: LastSweep | Unswept,
  at: string,
): Promise<void> {
  const expires = new Date(Date.parse(at) + KEPT_DAYS * DAY_MS);
  try {
    await putEntry(dynamo, stateTable, id, JSON.stringify(record), expires);
  } catch (error) {
    log.warn('the result of the sweep could not be recorded', { id, error: error as Error });
  }
}
