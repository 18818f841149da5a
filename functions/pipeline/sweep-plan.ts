import type { IAMClient } from '@aws-sdk/client-iam';
import type { SweepTotals } from '../../events/outcome.ts';
import type { Settings } from '../domain/rules/settings.ts';
import { addToTotals, noTotals } from '../domain/rules/totals.ts';
import { getAccessKeyLastUsed, type LastUse, listActiveAccessKeys } from '../io/iam-user.ts';
import { type Examined, examine } from './examine.ts';
import { surveyUsers } from './survey.ts';

/** What a sweep would find to do. */
export interface SweepPlan {
  readonly totals: SweepTotals;
  /** Everyone who differs from what they should be, in the order of the listing. */
  readonly differing: readonly Examined[];
}

/** An access key that a hold would stop. */
export interface KeyInUse {
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
  const differing: Examined[] = [];
  const look = async (known: Parameters<typeof examine>[2]) => {
    const examined = await examine(iam, settings, known, now);
    onUser();
    return examined;
  };
  for await (const examined of surveyUsers(iam, settings, look)) {
    totals = addToTotals(totals, examined.decision);
    if (examined.decision.action !== 'none') differing.push(examined);
  }
  return { totals, differing };
}

/** The active access keys of a user, with their last use: what a hold would break. */
export async function keysInUse(iam: IAMClient, user: string): Promise<KeyInUse[]> {
  const keys: KeyInUse[] = [];
  for (const id of await listActiveAccessKeys(iam, user)) {
    keys.push({ id, lastUse: await getAccessKeyLastUsed(iam, id) });
  }
  return keys;
}
