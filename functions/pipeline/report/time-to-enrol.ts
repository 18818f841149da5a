import type { Reason } from '../../../events/outcome.ts';
import { stateKeys } from '../../../events/state-keys.ts';
import {
  type GraceRecords,
  graceOf,
  withGrace,
  withUnknownGrace,
} from '../../domain/review/grace.ts';
import type { Settings } from '../../domain/rules/settings.ts';
import { getEntries } from '../../io/dynamodb.ts';
import type { StateTable } from '../event-paths.ts';
import type { UserRead } from '../review/read-user.ts';
import { noGraceRecords, readAccountGrace, readUserGrace, userIdOf } from '../stored-grace.ts';

/** What tells a command which users have time to enrol. */
export interface TimeSource {
  /** Null where no deployed stack with a state table is known. */
  readonly table: StateTable | null;
  readonly now: () => Date;
  readonly reasonOf: (error: unknown) => Reason;
}

/** A user, and until when the user has time to enrol: null for none, or where it is not known. */
export type WithTime<U> = U & { readonly graceUntil: Date | null };

/**
 * The users with decisions that take their time to enrol into account. Where the state table cannot be read, the decision stays, and
 * its reasons say so.
 */
export async function withTimeToEnrol<U extends UserRead>(
  settings: Settings,
  users: readonly U[],
  source: TimeSource,
): Promise<WithTime<U>[]> {
  const toBlock = users.filter(({ decision }) => decision.action === 'block');
  if (settings.graceHours === 0 || toBlock.length === 0) {
    return users.map((user) => ({ ...user, graceUntil: null }));
  }
  const read = settings.mode === 'observe' ? noRecords : await recordsOf(settings, toBlock, source);
  return users.map((user) => {
    const { facts, decision } = user;
    if (decision.action !== 'block') return { ...user, graceUntil: null };
    if ('problem' in read) {
      return { ...user, decision: withUnknownGrace(decision, read.problem), graceUntil: null };
    }
    const records = read.of(facts);
    const grace = graceOf(facts.profile ?? {}, records, settings, null, source.now());
    const isRunning = grace.kind === 'running' && settings.mode === 'enforce';
    return {
      ...user,
      decision: withGrace(decision, grace, settings),
      graceUntil: isRunning ? grace.until : null,
    };
  });
}

type RecordsRead =
  | { readonly of: (facts: UserRead['facts']) => GraceRecords }
  | { readonly problem: Reason };

const noRecords: RecordsRead = { of: () => noGraceRecords };

async function recordsOf(
  { account }: Settings,
  users: readonly UserRead[],
  { table, now, reasonOf }: TimeSource,
): Promise<RecordsRead> {
  if (table === null) return { problem: noTable };
  const how = { account, now: now() };
  const accountKey = stateKeys.accountGrace(account);
  try {
    const ids = users.map(({ facts }) => userIdOf(facts));
    const keys = ids.map((id) => stateKeys.userGrace(account, id));
    const found = await getEntries(table.dynamo, table.name, [accountKey, ...keys]);
    const accountGrace = readAccountGrace(found.get(accountKey), how);
    return {
      of: (facts) => {
        const id = userIdOf(facts);
        const text = found.get(stateKeys.userGrace(account, id));
        return { account: accountGrace, user: readUserGrace(text, id, how) };
      },
    };
  } catch (error) {
    return { problem: reasonOf(error) };
  }
}

const noTable: Reason = { code: 'no-state-table', text: 'no deployed stack was read' };
