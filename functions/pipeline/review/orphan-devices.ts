import { DeleteConflictException } from '@aws-sdk/client-iam';
import type { NameTaken } from '../../../events/message.ts';
import type { OrphanRequest } from '../../../events/requests.ts';
import { orphanOutcome } from '../../domain/outcomes/outcomes.ts';
import { listMfaDevices } from '../../io/iam-user.ts';
import { deleteVirtualDevice } from '../../io/iam-writes.ts';
import type { Deadline } from './deadline.ts';
import type { BatchDeps } from './review-deps.ts';

/**
 * Deletes an orphan device, where the deployment does so, or reports it.
 * @throws the error of a call
 */
export async function handleOrphan(
  deps: BatchDeps,
  { user, serial, firstSeenAt, cause }: OrphanRequest,
  deadline: Deadline,
): Promise<void> {
  const { iam, settings, now, publish, log } = deps;
  const about = { user, serial, firstSeenAt, cause, settings };
  if (settings.orphanDevices === 'report' || settings.mode === 'observe') {
    return publish([orphanOutcome({ ...about, result: 'reported', now: now() })]);
  }
  try {
    const wasThere = await deleteVirtualDevice(deadline.limit(iam), serial);
    if (wasThere === false) return;
  } catch (error) {
    if (!(error instanceof DeleteConflictException)) throw error;
    log.info('dropped', { cause, user, serial, reason: 'the device is assigned by now' });
    return;
  }
  await publish([orphanOutcome({ ...about, result: 'deleted', now: now() })]);
}

/**
 * Reports that a user without MFA could not create a device because its name is taken. The user sees only an error, and may not
 * know that another name works.
 * @throws the error of a failed read
 */
export async function reportNameTaken(deps: BatchDeps, taken: NameTaken): Promise<void> {
  const { iam, settings, now, publish, rateLimited } = deps;
  const { user, serial, cause } = taken;
  const read = await listMfaDevices(iam, user);
  // A user with MFA may delete the device.
  if (read === null || read.devices.length > 0) return;
  const outcome = orphanOutcome({
    user,
    serial,
    firstSeenAt: null,
    cause,
    settings,
    result: 'reported',
    now: now(),
  });
  await rateLimited(`orphan-device/${settings.account}/${user}`, () => publish([outcome]));
}
