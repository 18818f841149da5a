import {
  DeleteConflictException,
  EntityTemporarilyUnmodifiableException,
  NoSuchEntityException,
} from '@aws-sdk/client-iam';
import { CANARY_PATH, canaryOfDevice, canarySerial, isCanary } from '../../domain/prove/canary.ts';
import { listVirtualDevices } from '../../io/iam-account.ts';
import {
  deactivateDevice,
  deleteAccessKey,
  deletePassword,
  deleteUser,
  listAccessKeys,
  listUsersBelow,
} from '../../io/iam-canary.ts';
import {
  getUser,
  listAttachedPolicies,
  listGroups,
  listInlinePolicies,
  listMfaDevices,
} from '../../io/iam-user.ts';
import {
  deleteInlinePolicy,
  deleteVirtualDevice,
  detachPolicy,
  removeFromGroup,
} from '../../io/iam-writes.ts';
import type { ProveDeps } from './prove-deps.ts';

type Deps = Pick<ProveDeps, 'iam' | 'settings' | 'partition' | 'pause'>;

/** The names of all canaries of which a user or a device exists. */
export async function listCanaries({ iam }: Pick<Deps, 'iam'>): Promise<string[]> {
  const names = new Set<string>();
  for (const name of await listUsersBelow(iam, CANARY_PATH)) {
    const found = await getUser(iam, name);
    if (found !== null && isCanary(found.user, found.profile)) names.add(found.user);
  }
  const { byUser, unassigned } = await listVirtualDevices(iam);
  const assigned = [...byUser.values()].flat().map(({ serial }) => serial);
  for (const serial of [...unassigned, ...assigned]) {
    const name = canaryOfDevice(serial);
    if (name !== null) names.add(name);
  }
  return [...names];
}

const TRIES = 10;
const BETWEEN_TRIES_MS = 3_000;

/**
 * Deletes a canary with everything that it has, and its device. What exists is read from IAM, because the answer of the call
 * that created it may be lost.
 *
 * The enforcer blocks a user whose device or block is removed, and IAM deletes no user with a policy. So these go last,
 * just before DeleteUser, and again where the enforcer was faster.
 * @throws the error of the last try; Error where the user is not a canary
 */
export async function deleteCanary(deps: Deps, name: string): Promise<void> {
  const { iam, settings, partition } = deps;
  await insisting(deps, () => deleteCanaryUser(deps, name));
  const serial = canarySerial(settings.account, partition, name);
  await insisting(deps, () => deleteVirtualDevice(iam, serial));
}

async function deleteCanaryUser({ iam }: Deps, name: string): Promise<void> {
  const found = await getUser(iam, name);
  if (found === null) return;
  if (!isCanary(name, found.profile)) {
    throw new Error(`The user ${name} lacks the path or the tag of a canary, and is not deleted`);
  }
  for (const key of await listAccessKeys(iam, name)) await deleteAccessKey(iam, name, key);
  for (const policy of await listInlinePolicies(iam, name)) {
    await deleteInlinePolicy(iam, name, policy);
  }
  await deletePassword(iam, name);
  for (const group of await listGroups(iam, name)) await removeFromGroup(iam, name, group);
  const { devices = [] } = (await listMfaDevices(iam, name)) ?? {};
  for (const serial of devices) await deactivateDevice(iam, name, serial);
  for (const arn of (await listAttachedPolicies(iam, name)) ?? []) {
    await detachPolicy(iam, name, arn);
  }
  await deleteUser(iam, name);
}

// A new password, for a moment. What is gone since it was read: the next try reads again.
const passing = [
  DeleteConflictException,
  EntityTemporarilyUnmodifiableException,
  NoSuchEntityException,
];

/** Tries a deletion again while IAM answers that something is still there, or is being made. */
async function insisting({ pause }: Deps, deletion: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await deletion();
      return;
    } catch (error) {
      if (tries === TRIES || !passing.some((one) => error instanceof one)) throw error;
      await pause(BETWEEN_TRIES_MS);
    }
  }
}
