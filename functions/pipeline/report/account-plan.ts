import type { IAMClient } from '@aws-sdk/client-iam';
import { nameKey } from '../../../events/names.ts';
import type { SweepTotals } from '../../../events/outcome.ts';
import type { Plan, PlannedBlock } from '../../../events/plan.ts';
import { blockLimitOf, formatSettings, type Settings } from '../../domain/rules/settings.ts';
import { addToTotals, noTotals } from '../../domain/rules/totals.ts';
import {
  getAccessKeyLastUsed,
  hasPassword,
  type LastUse,
  listActiveAccessKeys,
} from '../../io/iam-user.ts';
import { listUsers } from '../list-users.ts';
import { listBlockedUsers } from '../review/circuit-breaker.ts';
import { readUser, type UserRead } from '../review/read-user.ts';

// As many as in a listing. IAM publishes no rate limits.
const AT_ONCE = 4;

/** A plan without the origin of its settings, which only the command knows. */
export type AccountPlan = Omit<Plan, 'settingsFrom'>;

/**
 * What a sweep would change in an account now, and which access keys in use it would break. It writes nothing.
 * @param now the clock, for ended exemptions and for the time of the plan
 * @param onUser called after each user
 * @throws the error of a failed read, because a plan must be complete
 */
export async function accountPlan(
  iam: IAMClient,
  settings: Settings,
  now: () => Date,
  onUser: () => void = () => undefined,
): Promise<AccountPlan> {
  const listed = await listBlockedUsers(iam, settings);
  const { totals, differing } = await planSweep(iam, settings, now(), onUser);
  const toBlock = differing.filter(({ decision }) => decision.action === 'block');
  const blocks: PlannedBlock[] = [];
  for (let from = 0; from < toBlock.length; from += AT_ONCE) {
    const some = toBlock.slice(from, from + AT_ONCE).map(async ({ facts, decision }) => {
      const keys = await keysInUse(iam, facts.user);
      const canEnrol =
        settings.enrolWith === 'console-and-keys' ||
        (facts.password ?? (await hasPassword(iam, facts.user)));
      return {
        user: facts.user,
        reasons: [...decision.reasons],
        canEnrol,
        accessKeys: keys.map(keyJson),
      };
    });
    blocks.push(...(await Promise.all(some)));
  }
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
    unblocks: toUnblock.map(({ facts, decision }) => ({
      user: facts.user,
      methods: [...(facts.attachments?.methods ?? [])],
      reasons: [...decision.reasons],
    })),
    beyondLimit: { limit, users: Math.max(0, blocks.length - room) },
  };
}

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
  /** All users who need a change, in the order of the listing. */
  readonly differing: readonly UserRead[];
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
  return { totals, differing };
}

/** The active access keys of a user with their last use. A block stops them. */
async function keysInUse(iam: IAMClient, user: string): Promise<KeyInUse[]> {
  const keys: KeyInUse[] = [];
  for (const id of await listActiveAccessKeys(iam, user)) {
    keys.push({ id, lastUse: await getAccessKeyLastUsed(iam, id) });
  }
  return keys;
}
