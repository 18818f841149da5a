import type { IAMClient } from '@aws-sdk/client-iam';
import { methodsOf } from '../domain/rules/block-methods.ts';
import type { Settings } from '../domain/rules/settings.ts';
import type { UserFacts } from '../domain/rules/user-facts.ts';
import { type BulkUser, listUsersInBulk, listVirtualDevices } from '../io/iam-account.ts';
import type { MfaDevice } from '../io/iam-user.ts';

// IAM publishes no rate limits. A few calls at a time leave capacity for other callers.
const AT_ONCE = 4;

/** A page of the account's users, from the bulk readings. */
export interface UserPage {
  readonly users: readonly UserFacts[];
  /** User name → virtual devices, of all users of the account. */
  readonly virtualDevices: ReadonlyMap<string, readonly MfaDevice[]>;
  /** Serial numbers of the account's virtual devices that are assigned to nobody. */
  readonly unassigned: readonly string[];
  /** IAM's marker of the next page, or null after the last. */
  readonly next: string | null;
}

/**
 * Reads every user of the account: two bulk readings, then `look` for each user.
 * @param look reads the rest of one user, whose virtual devices it is given; null for a user who was deleted meanwhile
 * @returns the results of `look`, in the order of the listing
 * @throws the error of a failed read
 */
export async function* listUsers<T>(
  iam: IAMClient,
  settings: Settings,
  look: (known: UserFacts, virtualDevices: readonly MfaDevice[]) => Promise<T | null>,
): AsyncGenerator<T> {
  for await (const { users, virtualDevices } of listUserPages(iam, settings)) {
    const lookWithDevices = (known: UserFacts) => look(known, virtualDevices.get(known.user) ?? []);
    for (const few of inFews(users)) yield* await lookAt(few, lookWithDevices);
  }
}

/**
 * The account's users page by page, so that only one page is in memory.
 * @param from the marker of the first page, or null
 * @throws the error of a failed read
 */
export async function* listUserPages(
  iam: IAMClient,
  settings: Settings,
  from: string | null = null,
): AsyncGenerator<UserPage> {
  const { byUser, unassigned } = await listVirtualDevices(iam);
  for await (const { users, next } of listUsersInBulk(iam, settings.inlinePolicyName, from)) {
    const known = users.map((one) => factsOf(one, byUser, settings));
    yield { users: known, virtualDevices: byUser, unassigned, next };
  }
}

/** Users in groups that are read in parallel. */
export function* inFews(users: readonly UserFacts[]): Generator<readonly UserFacts[]> {
  for (let from = 0; from < users.length; from += AT_ONCE) yield users.slice(from, from + AT_ONCE);
}

/** The results of `look` for a few users, without null. */
export async function lookAt<T>(
  users: readonly UserFacts[],
  look: (known: UserFacts) => Promise<T | null>,
): Promise<T[]> {
  const looked = await Promise.all(users.map(look));
  return looked.filter((one) => one !== null);
}

function factsOf(
  { user, profile, traces }: BulkUser,
  virtualDevices: UserPage['virtualDevices'],
  settings: Settings,
): UserFacts {
  const devices = virtualDevices.get(user)?.map(({ serial }) => serial);
  const { policies, groups } = traces;
  const attachments = { methods: methodsOf(traces, settings), policies, groups };
  return { user, profile, attachments, ...(devices ? { devices } : {}) };
}
