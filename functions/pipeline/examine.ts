import type { IAMClient } from '@aws-sdk/client-iam';
import { type Decision, decide } from '../domain/decide.ts';
import type { Settings } from '../domain/settings.ts';
import type { Reading, UserFacts } from '../domain/user-facts.ts';
import { getUser } from '../io/iam/get-user.ts';
import { hasPassword } from '../io/iam/has-password.ts';
import { listAttachedPolicies } from '../io/iam/list-attached-policies.ts';
import { listMfaDevices } from '../io/iam/list-mfa-devices.ts';

type Read = (iam: IAMClient, user: string) => Promise<Partial<UserFacts> | null>;

const read: Readonly<Record<Reading, Read>> = {
  profile: async (iam, user) => field('profile', await getUser(iam, user)),
  devices: async (iam, user) => field('devices', await listMfaDevices(iam, user)),
  policies: async (iam, user) => field('policies', await listAttachedPolicies(iam, user)),
  password: async (iam, user) => ({ password: await hasPassword(iam, user) }),
};

function field<K extends Reading>(name: K, value: UserFacts[K] | null): Partial<UserFacts> | null {
  return value === null ? null : { [name]: value };
}

/** A user as read, and what follows from it. */
export interface Examined {
  readonly facts: UserFacts;
  readonly decision: Decision;
}

/**
 * Reads of a user just what the decision needs, one reading at a time. Event and sweep share it: the sweep
 * begins with what it read in bulk, an event with nothing.
 * @param known what has been read already
 * @param likely the reading that most likely settles it, asked first where it is needed
 * @returns the decision and what it rests on, or null where IAM knows no such user
 * @throws whatever a failed read throws: no decision is made from it
 */
export async function examine(
  iam: IAMClient,
  settings: Settings,
  known: UserFacts,
  likely?: Reading,
): Promise<Examined | null> {
  let facts = known;
  for (;;) {
    const verdict = decide(facts, settings);
    if (verdict.kind === 'decision') return { facts, decision: verdict };
    const next = verdict.needs.find((reading) => reading === likely) ?? verdict.needs[0];
    const more = await read[next](iam, facts.user);
    if (more === null) return null;
    facts = { ...facts, ...more };
  }
}
