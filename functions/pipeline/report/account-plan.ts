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

// As many as a listing has: IAM publishes no rate limits.
const AT_ONCE = 4;

/**
 * What a sweep would do in an account now, and what it would break. Writes nothing.
 * @param now gives the time: whether an exemption has ended, and when the plan was made
 * @param onUser is called for each user that was read
 * @throws whatever a failed read throws: a plan that misses somebody is none
 */
export async function accountPlan(
  iam: IAMClient,
  settings: Settings,
  now: () => Date,
  onUser: () => void = () => undefined,
): Promise<Plan> {
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
  // Unblocking makes room.
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

/** What a sweep would find to do. */
export interface SweepPlan {
  readonly totals: SweepTotals;
  /** Everyone who differs from what they should be, in the order of the listing. */
  readonly differing: readonly UserRead[];
}

/** An access key that a block would stop. */
interface KeyInUse {
  readonly id: string;
  readonly lastUse: LastUse | null;
}

/**
 * Reads the account as a sweep does, and decides. Writes nothing.
 * @param onUser is called for each user that was read
 * @throws whatever a failed read throws: a plan that misses somebody is none
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

/** The active access keys of a user, with their last use: what a block would break. */
async function keysInUse(iam: IAMClient, user: string): Promise<KeyInUse[]> {
  const keys: KeyInUse[] = [];
  for (const id of await listActiveAccessKeys(iam, user)) {
    keys.push({ id, lastUse: await getAccessKeyLastUsed(iam, id) });
  }
  return keys;
}
