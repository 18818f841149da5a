import type { IAMClient } from '@aws-sdk/client-iam';
import { nameKey } from '../../../events/names.ts';
import type { Reason, SweepTotals } from '../../../events/outcome.ts';
import type { Plan, PlannedBlock } from '../../../events/plan.ts';
import { emailOf } from '../../domain/notify/email-of.ts';
import { withUnknownGrace } from '../../domain/review/grace.ts';
import { blockLimitOf, formatSettings, type Settings } from '../../domain/rules/settings.ts';
import { addToTotals, noTotals } from '../../domain/rules/totals.ts';
import type { UserFacts } from '../../domain/rules/user-facts.ts';
import {
  getAccessKeyLastUsed,
  hasPassword,
  type LastUse,
  listActiveAccessKeys,
} from '../../io/iam-user.ts';
import { listUsers } from '../list-users.ts';
import { listBlockedUsers } from '../review/circuit-breaker.ts';
import { readUser, type UserRead } from '../review/read-user.ts';
import type { BlockDetails, ReadDetails } from './plan-details.ts';
import type { WithTime } from './time-to-enrol.ts';

// As many as in a listing. IAM publishes no rate limits.
const AT_ONCE = 4;

/** How an account is read for a plan. */
export interface PlanDeps {
  readonly now: () => Date;
  /** Reads what a plan can do without. It throws nothing. Absent: a forecast has access keys only. */
  readonly readDetails?: ReadDetails;
  /** Reads which users have time to enrol. Absent in a forecast, which does not know it. */
  readonly time?: ReadTime;
  /** Called after each user. */
  readonly onUser?: () => void;
}

/** Reads which of the users have time to enrol (time-to-enrol.ts). */
export type ReadTime = (
  settings: Settings,
  users: readonly UserRead[],
) => Promise<WithTime<UserRead>[]>;

/** A plan without the origin of its settings, which only the command knows. */
export type AccountPlan = Omit<Plan, 'settingsFrom'>;

/**
 * What a sweep would change in an account now, and which access keys in use it would break. It writes nothing.
 * @param now the clock, for ended exemptions and for the time of the plan
 * @param deps the clock is for ended exemptions and for the time of the plan
 * @throws the error of a failed read, because a plan must be complete; what `sources` names it can do without
 */
export async function accountPlan(
  iam: IAMClient,
  settings: Settings,
  deps: PlanDeps,
): Promise<AccountPlan> {
  const { now, onUser } = deps;
  const listed = await listBlockedUsers(iam, settings);
  const { totals, differing } = await planSweep(iam, settings, now(), deps.time, onUser);
  const toBlock = differing.filter(({ decision }) => decision.action === 'block');
  const inGrace = differing.flatMap(({ facts, graceUntil }) =>
    graceUntil === null
      ? []
      : [{ user: facts.user, until: graceUntil.toISOString(), ...mailIn(facts, settings) }],
  );
  const { blocks, sources } = await planBlocks(iam, settings, toBlock, deps);
  const toUnblock = differing.filter(({ decision }) => decision.action === 'unblock');
  // Unblocked users no longer count against the block limit.
  const unblocked = new Set(toUnblock.map(({ facts }) => nameKey(facts.user)));
  const stay = [...(listed ?? [])].filter((user) => !unblocked.has(user));
  const limit = blockLimitOf(totals.users, settings.blockLimit);
  const room = Math.max(0, limit - Math.max(stay.length, totals.blocked));
  return {
    schema: 'mfa-enforcer/plan/1',
    account: settings.account,
    at: now().toISOString(),
    decidedBy: formatSettings(settings),
    policyArn: settings.policyArn,
    policyDeployed: listed !== null,
    blocks,
    ...(inGrace.length > 0 && { inGrace }),
    unblocks: toUnblock.map(({ facts, decision }) => ({
      user: facts.user,
      methods: [...(facts.attachments?.methods ?? [])],
      reasons: [...decision.reasons],
      ...mailIn(facts, settings),
    })),
    beyondLimit: { limit, users: Math.max(0, blocks.length - room) },
    sources,
    notes: blocks.some(({ accessKeys }) => accessKeys.length > 0) ? [identityNote] : [],
  };
}

/** Where a mail would go, also in observe mode, which sends none; nothing with NotifyUsers=no. */
function mailIn({ user, profile }: UserFacts, { notifyUsers }: Settings) {
  if (notifyUsers === null) return {};
  return { email: emailOf(user, profile?.tags, { notifyUsers, mode: 'enforce' }) };
}

// IAM User Guide, "Actions, resources, and condition keys for AWS STS": GetCallerIdentity needs no permission.
const identityNote: Reason = {
  code: 'get-caller-identity',
  text:
    'A block does not stop sts:GetCallerIdentity, which no policy can deny. An access key that is mapped in an Amazon EKS cluster (an ' +
    'access entry, or aws-auth), or used for HashiCorp Vault’s AWS login, keeps its access there: remove the mapping, or deactivate the key.',
};

/** Reads the access keys of the users who would be blocked, and what `readDetails` reads. */
async function planBlocks(
  iam: IAMClient,
  settings: Settings,
  toBlock: readonly UserRead[],
  { readDetails }: PlanDeps,
): Promise<Pick<Plan, 'blocks' | 'sources'>> {
  const reading = toBlock.length === 0 ? undefined : readDetails?.(iam, settings, toBlock);
  const blocks: (Omit<PlannedBlock, keyof BlockDetails> & { readonly facts: UserFacts })[] = [];
  for (let from = 0; from < toBlock.length; from += AT_ONCE) {
    const some = toBlock.slice(from, from + AT_ONCE).map(async ({ facts, decision }) => {
      const keys = await keysInUse(iam, facts.user);
      const canEnrol =
        settings.enrolWith === 'console-and-keys' ||
        (facts.password ?? (await hasPassword(iam, facts.user)));
      const reasons = [...decision.reasons];
      const accessKeys = keys.map(keyJson);
      return { facts, user: facts.user, reasons, ...mailIn(facts, settings), canEnrol, accessKeys };
    });
    blocks.push(...(await Promise.all(some)));
  }
  const details = await reading;
  return {
    blocks: blocks.map(({ facts, ...block }) => ({
      ...block,
      ...(details?.of(facts) ?? noDetails),
    })),
    sources: details?.sources ?? null,
  };
}

const noDetails: BlockDetails = { enrolmentProblem: null, otherCredentials: [] };

function keyJson({ id, lastUse }: KeyInUse): PlannedBlock['accessKeys'][number] {
  return {
    id,
    lastUsedAt: lastUse?.at.toISOString() ?? null,
    service: lastUse?.service ?? null,
    region: lastUse?.region ?? null,
  };
}

/** The changes that a sweep would make. */
export interface SweepPlan {
  readonly totals: SweepTotals;
  /** All users who need a change, or have time to enrol, in the order of the listing. */
  readonly differing: readonly WithTime<UserRead>[];
}

/** An access key that a block would stop. */
interface KeyInUse {
  readonly id: string;
  readonly lastUse: LastUse | null;
}

/**
 * Reads the account like a sweep, and decides. It writes nothing.
 * @param onUser called after each user
 * @throws the error of a failed read, because a plan must be complete
 */
export async function planSweep(
  iam: IAMClient,
  settings: Settings,
  now: Date,
  time: ReadTime = unknownTime,
  onUser: () => void = () => undefined,
): Promise<SweepPlan> {
  let totals = noTotals;
  const differing: UserRead[] = [];
  const look = async (known: Parameters<typeof readUser>[2]) => {
    const userRead = await readUser(iam, settings, known, now);
    onUser();
    return userRead;
  };
  for await (const userRead of listUsers(iam, settings, look)) {
    totals = addToTotals(totals, userRead.decision);
    if (userRead.decision.action !== 'none') differing.push(userRead);
  }
  return { totals, differing: await time(settings, differing) };
}

const unknownTime: ReadTime = async ({ graceHours, mode }, users) =>
  users.map(({ facts, decision }) => {
    const mayHave = graceHours > 0 && mode === 'enforce' && decision.action === 'block';
    return {
      facts,
      decision: mayHave ? withUnknownGrace(decision, notRead) : decision,
      graceUntil: null,
    };
  });

const notRead: Reason = { code: 'not-read', text: 'the state table was not read' };

/** The active access keys of a user with their last use. A block stops them. */
async function keysInUse(iam: IAMClient, user: string): Promise<KeyInUse[]> {
  const keys: KeyInUse[] = [];
  for (const id of await listActiveAccessKeys(iam, user)) {
    keys.push({ id, lastUse: await getAccessKeyLastUsed(iam, id) });
  }
  return keys;
}
