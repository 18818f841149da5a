import type { IAMClient } from '@aws-sdk/client-iam';
import { rungsOf } from '../domain/rungs.ts';
import type { Settings } from '../domain/settings.ts';
import type { UserFacts } from '../domain/user-facts.ts';
import { listUsersInBulk } from '../io/iam/list-users-in-bulk.ts';
import { listVirtualDevices } from '../io/iam/list-virtual-devices.ts';

// IAM publishes no rate limits; a few at a time leaves room for others.
const AT_ONCE = 4;

/**
 * Goes through every user of the account: two bulk readings, then what `look` still reads one by one.
 * @param look takes what is known of a user; null leaves out a user who is deleted meanwhile
 * @returns what `look` made of each user, in the order of the listing
 * @throws whatever a failed read throws
 */
export async function* surveyUsers<T>(
  iam: IAMClient,
  settings: Settings,
  look: (known: UserFacts) => Promise<T | null>,
): AsyncGenerator<T> {
  const virtualDevices = await listVirtualDevices(iam);
  let waiting: UserFacts[] = [];
  const lookAtWaiting = async () => {
    const looked = await Promise.all(waiting.map(look));
    waiting = [];
    return looked.filter((one) => one !== null);
  };
  for await (const { user, profile, traces, inline } of listUsersInBulk(iam)) {
    const devices = virtualDevices.get(user);
    const { policies, groups } = traces;
    const inlineDocument = inline.get(settings.inlinePolicyName);
    const holds = { rungs: rungsOf({ ...traces, inlineDocument }, settings), policies, groups };
    waiting.push({ user, profile, holds, ...(devices ? { devices } : {}) });
    if (waiting.length === AT_ONCE) yield* await lookAtWaiting();
  }
  yield* await lookAtWaiting();
}
