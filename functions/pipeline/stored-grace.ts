import * as z from 'zod';
import { GraceStep } from '../../events/outcome.ts';
import { stateKeys } from '../../events/state-keys.ts';
import type { AccountGrace, GraceRecords, UserGrace } from '../domain/review/grace.ts';
import type { Settings } from '../domain/rules/settings.ts';
import type { UserFacts } from '../domain/rules/user-facts.ts';
import type { Log } from '../runtime/log.ts';
import { hasCome, readStored, type StateStore } from './state-store.ts';

const Time = z.iso.datetime();
const StoredAccountGrace = z.object({ since: Time, sweptAt: Time.optional() });
const StoredUserGrace = z.object({
  since: Time,
  until: Time.optional(),
  reminded: z.array(GraceStep),
  ended: z.enum(['had-mfa', 'was-blocked']).optional(),
});

/** How the entries about grace periods are read. */
interface Reading {
  readonly account: string;
  readonly now: Date;
  /** Absent in a command. */
  readonly log?: Pick<Log, 'error'>;
}

/** The account's entry, if it is valid: see readStored. A time in the future would give everyone time until then. */
export function readAccountGrace(
  text: string | null | undefined,
  { account, now, log }: Reading,
): AccountGrace | null {
  return readStored(text, {
    id: stateKeys.accountGrace(account),
    schema: StoredAccountGrace,
    isPossible: ({ since, sweptAt = since }) => [since, sweptAt].every(hasCome(now)),
    ...(log ? { log } : {}),
  });
}

/** A user's entry, if it is valid: see readStored. */
export function readUserGrace(
  text: string | null | undefined,
  userId: string,
  { account, now, log }: Reading,
): UserGrace | null {
  return readStored(text, {
    id: stateKeys.userGrace(account, userId),
    schema: StoredUserGrace,
    isPossible: ({ since }) => hasCome(now)(since),
    ...(log ? { log } : {}),
  });
}

/** What observe mode works with, which reads and records no grace period. */
export const noGraceRecords: GraceRecords = { account: null, user: null };

/** What the account's entry is read and written with. */
interface GraceStore {
  readonly stateStore: StateStore;
  readonly settings: Pick<Settings, 'account'>;
  readonly now: () => Date;
  readonly log: Pick<Log, 'error'>;
}

/**
 * The account's entry. The first user who is to be blocked begins it.
 * @throws the error of the state store
 */
export async function beginAccountGrace(store: GraceStore): Promise<AccountGrace> {
  const { stateStore, settings, now, log } = store;
  const id = stateKeys.accountGrace(settings.account);
  const how = { account: settings.account, now: now(), log };
  const text = await stateStore.get(id);
  const stored = readAccountGrace(text, how);
  if (stored !== null) return stored;
  const begun: AccountGrace = { since: now().toISOString() };
  const replaced = await stateStore.compareAndSet(id, text, JSON.stringify(begun), forGood(now()));
  return replaced.done ? begun : (readAccountGrace(replaced.found, how) ?? begun);
}

/**
 * Records that all users without an MFA device have been given time: from now on only new users get it. Where another instance
 * writes the entry meanwhile, the next sweep records it.
 * @param startedAt when the sweep began, ISO 8601
 * @throws the error of the state store
 */
export async function recordGraceSwept(store: GraceStore, startedAt: string): Promise<void> {
  const { stateStore, settings, now } = store;
  const begun = await beginAccountGrace(store);
  if (begun.sweptAt !== undefined) return;
  const id = stateKeys.accountGrace(settings.account);
  const swept = JSON.stringify({ ...begun, sweptAt: startedAt });
  await stateStore.compareAndSet(id, JSON.stringify(begun), swept, forGood(now()));
}

/** The ID of a user. @throws if IAM answered without it */
export function userIdOf({ user, profile }: UserFacts): string {
  if (profile?.id === undefined) throw new Error(`IAM answered without the ID of the user ${user}`);
  return profile.id;
}

const DAY_MS = 24 * 60 * 60_000;

/** Without the account's entry all users would have time again. */
function forGood(now: Date): Date {
  return new Date(now.getTime() + 10 * 365 * DAY_MS);
}

/** A user's entry is needed until the grace period is over, however long GraceHours becomes: 30 days at most. */
export function userGraceExpires(now: Date): Date {
  return new Date(now.getTime() + 60 * DAY_MS);
}
