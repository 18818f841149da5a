import * as z from 'zod';
import { LastSweep, Unswept } from '../../../events/last-sweep.ts';
import { stateKeys } from '../../../events/state-keys.ts';
import type { Log } from '../../runtime/log.ts';
import { hasCome, readStored, readStoredValue } from '../stored-entries.ts';

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
