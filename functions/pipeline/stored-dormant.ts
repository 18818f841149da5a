import { StoredDormant } from '../../events/last-sweep.ts';
import { stateKeys } from '../../events/state-keys.ts';
import type { Log } from '../runtime/log.ts';
import { hasCome, readStored } from './state-store.ts';

/** Who was dormant in the account, by night, if the entry is valid: see readStored. */
export function readDormant(
  text: string | null,
  account: string,
  now: Date,
  log: Pick<Log, 'error'>,
): StoredDormant['nights'] {
  const stored = readStored(text, {
    id: stateKeys.dormant(account),
    schema: StoredDormant,
    isPossible: ({ nights }) => nights.every(({ seenAt }) => hasCome(now)(seenAt)),
    log,
  });
  return stored?.nights ?? [];
}
