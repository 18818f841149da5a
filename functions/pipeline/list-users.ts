import type { IAMClient } from '@aws-sdk/client-iam';
import { methodsOf } from '../domain/rules/block-methods.ts';
import type { Settings } from '../domain/rules/settings.ts';
import type { UserFacts } from '../domain/rules/user-facts.ts';
import { type BulkUser, listUsersInBulk, listVirtualDevices } from '../io/iam-account.ts';

// IAM publishes no rate limits; a few at a time leaves room for others.
const AT_ONCE = 4;

/** A page of the account's users, as the bulk readings show them. */
export interface UserPage {
  /** Where it begins: IAM's marker, or null for the first. */
  readonly marker: string | null;
  readonly users: readonly UserFacts[];
}

/**
 * Goes through every user of the account: two bulk readings, then what `look` still reads one by one.
 * @param look takes what is known of a user; null leaves out a user who is deleted meanwhile
 * @returns what `look` made of each user, in the order of the listing
 * @throws whatever a failed read throws
 */
export async function* listUsers<T>(
  iam: IAMClient,
  settings: Settings,
  look: (known: UserFacts) => Promise<T | null>,
): AsyncGenerator<T> {
  for await (const { users } of listUserPages(iam, settings)) {
    for (const few of inFews(users)) yield* await lookAt(few, look);
  }
}

/**
 * The account's users page by page, so that no more than a page of them is blocked at once.
 * @param from the marker of the page to begin with, or null
 * @param afterPage is called whenever a page of anything has been read, or is done with
 * @throws whatever a failed read throws
 */
export async function* listUserPages(
  iam: IAMClient,
  settings: Settings,
  from: string | null = null,
  afterPage: () => void = () => undefined,
): AsyncGenerator<UserPage> {
  const virtualDevices = await listVirtualDevices(iam, afterPage);
  for await (const { marker, users } of listUsersInBulk(iam, settings.inlinePolicyName, from)) {
    afterPage();
    yield { marker, users: users.map((one) => factsOf(one, virtualDevices, settings)) };
    afterPage();
  }
}

/** Users in groups of as many as are looked at at once. */
export function* inFews(users: readonly UserFacts[]): Generator<readonly UserFacts[]> {
  for (let from = 0; from < users.length; from += AT_ONCE) yield users.slice(from, from + AT_ONCE);
}

/** What `look` makes of a few users, without those it leaves out. */
export async function lookAt<T>(
  users: readonly UserFacts[],
  look: (known: UserFacts) => Promise<T | null>,
): Promise<T[]> {
  const looked = await Promise.all(users.map(look));
  return looked.filter((one) => one !== null);
}

function factsOf(
  { user, profile, traces }: BulkUser,
  virtualDevices: ReadonlyMap<string, readonly string[]>,
  settings: Settings,
): UserFacts {
  const devices = virtualDevices.get(user);
  const { policies, groups } = traces;
  const attachments = { methods: methodsOf(traces, settings), policies, groups };
  return { user, profile, attachments, ...(devices ? { devices } : {}) };
}
