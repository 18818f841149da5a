import * as z from 'zod';
import type { UserChange } from '../../../events/message.ts';
import { stateKeys } from '../../../events/state-keys.ts';
import {
  ACCESS_HISTORY_MS,
  type AccessHistory,
  withAccessChanges,
} from '../../domain/review/access-history.ts';
import type { Settings } from '../../domain/rules/settings.ts';
import type { Log } from '../../runtime/log.ts';
import { hasCome, readStored, type StateStore } from '../state-store.ts';

const Change = z.object({ at: z.iso.datetime(), by: z.string() });
const StoredHistory = z.object({
  created: Change.optional(),
  passwordByOther: Change.optional(),
  policyByOther: Change.extend({ policyArn: z.string() }).optional(),
  deviceByOther: Change.optional(),
  deviceBySelf: Change.optional(),
});

/** What the access history works with. */
interface HistoryDeps {
  readonly stateStore: StateStore;
  readonly settings: Pick<Settings, 'account' | 'policyArn'>;
  readonly now: () => Date;
  readonly log: Pick<Log, 'error'>;
}

/**
 * Reads who changed a user's access lately.
 * @param changes of the user that may not be recorded yet
 * @throws the error of the state store
 */
export async function readAccessHistory(
  { stateStore, settings, now, log }: HistoryDeps,
  user: string,
  changes: readonly UserChange[],
): Promise<AccessHistory> {
  const id = stateKeys.accessHistory(settings.account, user);
  const stored = parse(await stateStore.get(id), id, now(), log);
  return withAccessChanges(stored, changes, settings.policyArn);
}

// A batch of ten changes of one user, and other instances, replace each other's entry. Each failed try means that one of them
// succeeded.
const TRIES = 20;

/**
 * Records changes of a user's access. Changes that the enrolment rules do not ask for cost no call.
 * @throws the error of the state store
 */
export async function recordAccess(
  { stateStore, settings, now, log }: HistoryDeps,
  changes: readonly UserChange[],
): Promise<void> {
  for (const change of changes) {
    const nothing = {};
    if (withAccessChanges(nothing, [change], settings.policyArn) === nothing) continue;
    const id = stateKeys.accessHistory(settings.account, change.user);
    const expires = new Date(now().getTime() + ACCESS_HISTORY_MS);
    let text = await stateStore.get(id);
    for (let tries = 1; ; tries += 1) {
      const before = parse(text, id, now(), log);
      const after = withAccessChanges(before, [change], settings.policyArn);
      if (after === before) break;
      const replaced = await stateStore.compareAndSet(id, text, JSON.stringify(after), expires);
      if (replaced.done) break;
      if (tries === TRIES) throw new Error('the access history changes too often to write it');
      text = replaced.found;
    }
  }
}

/** A time in the future would hide all changes until then. */
function parse(text: string | null, id: string, now: Date, log: Pick<Log, 'error'>): AccessHistory {
  const isPossible = (history: AccessHistory) =>
    Object.values(history).every(({ at }) => hasCome(now)(at));
  return readStored(text, { id, schema: StoredHistory, isPossible, log }) ?? {};
}
