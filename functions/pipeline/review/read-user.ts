import type { IAMClient } from '@aws-sdk/client-iam';
import { mayUseOtherMethod, methodsOf } from '../../domain/rules/block-methods.ts';
import { type Decision, decide } from '../../domain/rules/decide.ts';
import type { Settings } from '../../domain/rules/settings.ts';
import type { Reading, UserFacts } from '../../domain/rules/user-facts.ts';
import {
  getInlinePolicy,
  getUser,
  hasPassword,
  listAttachedPolicies,
  listGroups,
  listMfaDevices,
} from '../../io/iam-user.ts';

/** The facts about a user, and the decision. */
export interface UserRead {
  readonly facts: UserFacts;
  readonly decision: Decision;
}

export interface HowToRead {
  /** The reading that most likely decides. It comes first if it is needed. */
  readonly likely?: Reading | undefined;
  /** Read every block method, also those that a user below the quotas rarely has. */
  readonly allMethods?: boolean;
}

/**
 * Reads what the decision about a user needs, one reading at a time. A sweep starts with its bulk reading, an event with
 * nothing. For a user to unblock every block method is read, because an unblock removes all of them.
 * @param known facts that have been read already
 * @param now decides whether an exemption has ended
 * @returns the facts and the decision, or null if IAM knows no such user
 * @throws the error of a failed read, because no decision follows from it
 */
export async function readUser(
  iam: IAMClient,
  settings: Settings,
  known: UserFacts,
  now: Date,
  how: HowToRead = {},
): Promise<UserRead | null> {
  let facts = known;
  for (;;) {
    const verdict = decide(facts, settings, now);
    let more: Partial<UserFacts> | null;
    if (verdict.kind === 'undecided') {
      const next = verdict.needs.find((reading) => reading === how.likely) ?? verdict.needs[0];
      more = await read(next, iam, settings, facts, how.allMethods ?? false);
    } else if (verdict.action === 'unblock' && !areAllMethodsRead(facts)) {
      more = await readAllMethods(iam, settings, facts, facts.attachments?.policies ?? []);
    } else {
      return { facts, decision: verdict };
    }
    if (more === null) return null;
    facts = { ...facts, ...more };
  }
}

async function read(
  reading: Reading,
  iam: IAMClient,
  settings: Settings,
  facts: UserFacts,
  allMethods: boolean,
): Promise<Partial<UserFacts> | null> {
  const { user } = facts;
  switch (reading) {
    case 'profile':
      return getUser(iam, user);
    case 'devices':
      return listMfaDevices(iam, user);
    case 'password':
      return { password: await hasPassword(iam, user) };
    case 'attachments':
      return readAttachments(iam, settings, facts, allMethods);
    default:
      return reading satisfies never;
  }
}

async function readAttachments(
  iam: IAMClient,
  settings: Settings,
  facts: UserFacts,
  allMethods: boolean,
): Promise<Partial<UserFacts> | null> {
  const policies = await listAttachedPolicies(iam, facts.user);
  if (policies === null) return null;
  if (!allMethods && !mayUseOtherMethod(policies)) {
    return { attachments: { methods: methodsOf({ policies }, settings), policies } };
  }
  return readAllMethods(iam, settings, facts, policies);
}

const areAllMethodsRead = ({ attachments }: UserFacts) => attachments?.groups !== undefined;

async function readAllMethods(
  iam: IAMClient,
  settings: Settings,
  facts: UserFacts,
  policies: readonly string[],
): Promise<Partial<UserFacts> | null> {
  const { profile = null, user } = facts.profile
    ? facts
    : ((await getUser(iam, facts.user)) ?? facts);
  if (profile === null) return null;
  const groups = await listGroups(iam, facts.user);
  const inlineDocument = await getInlinePolicy(iam, facts.user, settings.inlinePolicyName);
  const traces = { policies, groups, boundary: profile.boundary, inlineDocument };
  return { user, profile, attachments: { methods: methodsOf(traces, settings), policies, groups } };
}
