import * as z from 'zod';
import { Cause } from '../../../events/cause.ts';
import type { UserChange } from '../../../events/message.ts';
import { stateKeys } from '../../../events/state-keys.ts';
import { enrolmentOutcome } from '../../domain/outcomes/outcomes.ts';
import {
  ACCESS_HISTORY_MS,
  type AccessHistory,
  aspectOf,
  type LastEnrolment,
  withAccessChanges,
  withLastEnrolment,
} from '../../domain/review/access-history.ts';
import { type LateFindings, lateFindings } from '../../domain/review/enrolment-rules.ts';
import type { Log } from '../../runtime/log.ts';
import { hasCome, readStored } from '../state-store.ts';
import type { BatchDeps } from './review-deps.ts';

const Change = z.object({ at: z.iso.datetime(), by: z.string() });
const StoredHistory = z.object({
  created: z.array(Change).optional(),
  passwordByOther: z.array(Change).optional(),
  policyByOther: z.array(Change.extend({ policyArn: z.string() })).optional(),
  deviceByOther: z.array(Change).optional(),
  deviceBySelf: z.array(Change).optional(),
  enrolled: Change.omit({ by: true })
    .extend({
      serial: z.string(),
      cause: Cause.options[0],
      wasBlocked: z.boolean(),
      isFirst: z.boolean(),
      bySelf: z.boolean(),
      longTermKey: z.boolean(),
      keysMayEnrol: z.boolean(),
      dormant: z.object({ at: z.iso.datetime().nullable() }).nullable(),
      policies: z.array(z.string()).nullable(),
    })
    .optional(),
});

/** What the access history works with. */
type HistoryDeps = Pick<BatchDeps, 'stateStore' | 'settings' | 'now' | 'log' | 'publish'>;

// A batch of ten changes of one user, and other instances, replace each other's entry. Each failed try means that one of them
// succeeded.
const TRIES = 20;

/**
 * Records changes of a user's access. Changes that the enrolment rules do not ask for cost no call. Events come in any order:
 * an enrolment that a change makes suspicious only now is reported now.
 * @throws the error of the state store or of the publication
 */
export async function recordAccess(
  deps: HistoryDeps,
  changes: readonly UserChange[],
): Promise<void> {
  const { policyArn } = deps.settings;
  for (const change of changes) {
    if (aspectOf(change, policyArn) === null) continue;
    await updateHistory(deps, change.user, async (before) => {
      const after = withAccessChanges(before, [change], policyArn);
      // Reported first: a message that comes again finds nothing recorded, and reports with the same id.
      if (after !== before) await reportLate(deps, change.user, lateFindings(after, before));
      return after;
    });
  }
}

async function reportLate(
  { settings, now, publish }: HistoryDeps,
  user: string,
  late: LateFindings | null,
): Promise<void> {
  if (late === null) return;
  const { serial, cause, wasBlocked } = late.enrolled;
  const context = { user, cause, settings, now: now(), slackMember: null, decision: null };
  const reasons = late.findings.map(({ reason }) => reason);
  await publish([{ ...enrolmentOutcome(context, serial, reasons), wasBlocked }]);
}

/**
 * Records the user's last enrolment with the changes of its batch. Of an access change and an enrolment that are recorded at the
 * same time, the second one finds the first.
 * @param changes of the user that may not be recorded yet
 * @returns who changed the user's access lately, also where it could be read and not written
 * @throws the error of a failed read
 */
export async function recordEnrolment(
  deps: HistoryDeps,
  user: string,
  changes: readonly UserChange[],
  last: LastEnrolment,
): Promise<AccessHistory> {
  let read: AccessHistory | null = null;
  try {
    return await updateHistory(deps, user, async (before) => {
      read = withLastEnrolment(withAccessChanges(before, changes, deps.settings.policyArn), last);
      return read;
    });
  } catch (error) {
    if (read === null) throw error;
    deps.log.error('an enrolment could not be recorded', { user, error: error as Error });
    return read;
  }
}

/** @returns the new history */
async function updateHistory(
  { stateStore, settings, now, log }: HistoryDeps,
  user: string,
  update: (before: AccessHistory) => Promise<AccessHistory>,
): Promise<AccessHistory> {
  const id = stateKeys.accessHistory(settings.account, user);
  const expires = new Date(now().getTime() + ACCESS_HISTORY_MS);
  let text = await stateStore.get(id);
  for (let tries = 1; ; tries += 1) {
    const before = parse(text, id, now(), log);
    const after = await update(before);
    if (after === before) return after;
    const replaced = await stateStore.compareAndSet(id, text, JSON.stringify(after), expires);
    if (replaced.done) return after;
    if (tries === TRIES) throw new Error('the access history changes too often to write it');
    text = replaced.found;
  }
}

/** A time in the future would hide all changes until then. */
function parse(text: string | null, id: string, now: Date, log: Pick<Log, 'error'>): AccessHistory {
  const isPossible = (history: AccessHistory) =>
    Object.values(history)
      .flat()
      .every(({ at }) => hasCome(now)(at));
  return readStored(text, { id, schema: StoredHistory, isPossible, log }) ?? {};
}
