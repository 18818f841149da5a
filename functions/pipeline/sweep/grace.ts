import { stateKeys } from '../../../events/state-keys.ts';
import { type Grace, graceOf, type UserGrace, withGrace } from '../../domain/review/grace.ts';
import type { UserFacts } from '../../domain/rules/user-facts.ts';
import { getEntries, replaceEntry } from '../../io/dynamodb.ts';
import type { UserRead } from '../review/read-user.ts';
import { tableStateStore } from '../state-store.ts';
import {
  beginAccountGrace,
  noGraceRecords,
  readUserGrace,
  recordGraceSwept,
  userGraceExpires,
  userIdOf,
} from '../stored-grace.ts';
import type { SweepDeps } from './sweep-deps.ts';

/** A user who is to be blocked now, or has time to enrol. */
export interface SweptUser extends UserRead {
  readonly grace: Extract<Grace, { kind: 'running' }> | null;
}

const AT_ONCE = 10;

/**
 * Gives the users of a page who are to be blocked the time to enrol that the deployment allows, and records it. A user whom no event has
 * shown gets it by the sweep. The review publishes reminders and blocks.
 * @param toChange users of any other decision stay as they are
 * @param unread users who could not be read: the account's first sweep records them, too, since they were there before it ended
 * @returns the users, with decisions that take the time into account
 * @throws the error of the state table: without it nothing is known about the time
 */
export async function giveTime(
  deps: SweepDeps,
  toChange: readonly UserRead[],
  unread: readonly UserFacts[],
): Promise<SweptUser[]> {
  const { settings } = deps;
  const toBlock = toChange.filter(({ decision }) => decision.action === 'block');
  const isAsked = settings.graceHours > 0 && toBlock.length + unread.length > 0;
  const graces = isAsked ? await gracesOf(deps, toBlock, unread) : new Map<string, Grace>();
  return toChange.map(({ facts, decision }) => {
    const grace = decision.action === 'block' ? graces.get(facts.user) : undefined;
    if (grace === undefined) return { facts, decision, grace: null };
    const isRunning = grace.kind === 'running' && settings.mode === 'enforce';
    return {
      facts,
      decision: withGrace(decision, grace, settings),
      grace: isRunning ? grace : null,
    };
  });
}

/** User name → the grace period. In observe mode nothing is read or recorded. */
async function gracesOf(
  deps: SweepDeps,
  toBlock: readonly UserRead[],
  unread: readonly UserFacts[],
): Promise<ReadonlyMap<string, Grace>> {
  const { settings, now, log, dynamo, stateTable } = deps;
  const { account, mode } = settings;
  const all = [...toBlock.map(({ facts }) => facts), ...unread];
  if (mode === 'observe') {
    const graceOfUser = ({ profile }: UserFacts) =>
      graceOf(profile ?? {}, noGraceRecords, settings, null, now());
    return new Map(all.map((facts) => [facts.user, graceOfUser(facts)]));
  }
  const accountGrace = await beginAccountGrace(storeOf(deps));
  const ids = all.map((facts) => stateKeys.userGrace(account, userIdOf(facts)));
  const found = await getEntries(dynamo, stateTable, ids);
  const graces = all.map((facts) => {
    const id = userIdOf(facts);
    const text = found.get(stateKeys.userGrace(account, id));
    const user = readUserGrace(text, id, { account, now: now(), log });
    const records = { account: accountGrace, user };
    const grace = graceOf(facts.profile ?? {}, records, settings, null, now());
    return { facts, isNew: user === null, text: text ?? null, grace };
  });
  const toRecord = graces.filter(({ isNew, grace }) => isNew && grace.kind === 'running');
  for (let from = 0; from < toRecord.length; from += AT_ONCE) {
    const some = toRecord.slice(from, from + AT_ONCE);
    await Promise.all(some.map(({ facts, text, grace }) => record(deps, facts, text, grace)));
  }
  return new Map(graces.map(({ facts, grace }) => [facts.user, grace]));
}

async function record(
  { dynamo, stateTable, settings, now }: SweepDeps,
  facts: UserFacts,
  before: string | null,
  grace: Grace,
): Promise<void> {
  if (grace.kind === 'none') return;
  const id = stateKeys.userGrace(settings.account, userIdOf(facts));
  const entry: UserGrace = { since: grace.since.toISOString(), reminded: [] };
  const expires = userGraceExpires(now());
  // A review that was faster has recorded the same time.
  await replaceEntry(dynamo, stateTable, id, before, JSON.stringify(entry), expires);
}

/**
 * Records that the account's first sweep has finished: see recordGraceSwept. Observe mode gives no time, and without users in scope
 * nobody has had any. If it cannot be recorded, the next sweep does it.
 */
export async function finishGrace(deps: SweepDeps, startedAt: string): Promise<void> {
  const { graceHours, mode, scope } = deps.settings;
  if (graceHours === 0 || mode === 'observe' || scope === 'no-users') return;
  try {
    await recordGraceSwept(storeOf(deps), startedAt);
  } catch (error) {
    deps.log.warn('the first sweep with time to enrol could not be recorded', {
      error: error as Error,
    });
  }
}

function storeOf({ dynamo, stateTable, settings, now, log }: SweepDeps) {
  return { stateStore: tableStateStore(dynamo, stateTable), settings, now, log };
}
