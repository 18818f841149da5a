import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { LastSweep, Unswept } from '../../../events/last-sweep.ts';
import type { OutcomeOf, Reason } from '../../../events/outcome.ts';
import type { SweepRequest } from '../../../events/requests.ts';
import { stateKeys } from '../../../events/state-keys.ts';
import { putEntry } from '../../io/dynamodb.ts';
import type { Log } from '../../runtime/log.ts';
import { hasCome, readStored, readStoredValue } from '../state-store.ts';

/** Where records are written. */
interface RecordStore {
  readonly dynamo: DynamoDBClient;
  readonly stateTable: string;
  readonly log: Pick<Log, 'warn'>;
}

const KEPT_DAYS = 400;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Records an account's finished sweep, for the doctor and for the organization's summary. */
export async function recordSweep(
  store: RecordStore,
  finished: OutcomeOf<'sweep-finished'>,
  alias: string | null,
): Promise<void> {
  const { account, at, mode, sweepId, startedAt, totals, differences } = finished;
  const { breakGlassWithoutMfa, endingExemptions, failedParts, eventPath } = finished;
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
    // Without addresses: the record is read by people, and no mail is made of it.
    endingExemptions: endingExemptions.map(({ user, until }) => ({ user, until })),
    failedParts,
    ...(eventPath && { eventPath }),
  };
  await put(store, stateKeys.lastSweep(account), record, at);
}

/** Records that an account could not be swept, with the reason. */
export async function recordUnswept(
  store: RecordStore,
  { account, sweepId, startedAt }: SweepRequest,
  why: Reason,
  now: Date,
): Promise<void> {
  const at = now.toISOString();
  const schema = 'mfa-enforcer/unswept/1';
  const record: Unswept = { schema, account, sweepId, startedAt, at, why };
  await put(store, stateKeys.unswept(account), record, at);
}

/** Writes a record. A failed write is only a warning, because the sweep has done its work. */
async function put(
  { dynamo, stateTable, log }: RecordStore,
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

type Text = string | null | undefined;
type ErrorLog = Pick<Log, 'error'>;

// The clock of a person's machine, which a command uses, may be less exact than a function's.
const PERSONS_CLOCK_MS = 60 * 60 * 1000;

/** Like readLastSweep, for a command. */
export function readLastSweepFor(account: string, text: Text, now: Date): LastSweep | null {
  return readLastSweep(account, text, new Date(now.getTime() + PERSONS_CLOCK_MS));
}

/** The record of an account's last sweep, if it is valid: see readStored. */
export function readLastSweep(
  account: string,
  text: Text,
  now: Date,
  log?: ErrorLog,
): LastSweep | null {
  return readStored(text, {
    id: stateKeys.lastSweep(account),
    schema: LastSweep,
    isPossible: (record) =>
      record.account === account &&
      hasCome(now)(record.startedAt) &&
      hasCome(now)(record.finishedAt) &&
      [record.differences, ...Object.values(record.totals)].every((count) => count >= 0),
    ...(log ? { log } : {}),
  });
}

/** The record of an account that could not be swept, if it is valid: see readStored. */
export function readUnswept(account: string, text: Text, now: Date, log: ErrorLog): Unswept | null {
  return readStored(text, {
    id: stateKeys.unswept(account),
    schema: Unswept,
    isPossible: (record) =>
      record.account === account && hasCome(now)(record.startedAt) && hasCome(now)(record.at),
    log,
  });
}

// AWS Organizations accepts 50 characters (PutAccountName). Older names may contain any visible character.
const AccountName = z.string().regex(/^[^\p{Cc}]{1,128}$/u);

/** The organization's name of an account, if it is valid: see readStored. */
export function readAccountName(account: string, text: Text, log: ErrorLog): string | null {
  return readStoredValue(text ?? null, {
    id: stateKeys.accountName(account),
    schema: AccountName,
    log,
  });
}
