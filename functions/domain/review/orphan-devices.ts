import type { StoredOrphans } from '../../../events/last-sweep.ts';
import { deviceName, isSameName } from '../../../events/names.ts';
import type { OrphanDevice } from '../../../events/requests.ts';

/** A user who is just enrolling has an unassigned device, too. */
const DUE_AFTER_MS = 24 * 60 * 60 * 1000;
/** A sweep comes every night. A device that none has seen for longer was deleted, and another one may have its name. */
const FORGOTTEN_AFTER_MS = 36 * 60 * 60 * 1000;

/** An orphan device, and when a sweep saw it first (ISO 8601). */
interface SeenOrphan extends OrphanDevice {
  readonly firstSeenAt: string;
}

/**
 * The orphan devices of a blocked user: unassigned virtual devices with the user's name, left over from an enrolment that was not
 * finished. The user cannot create a device of that name, and not delete it without MFA.
 * @param unassigned serial numbers
 */
export function orphansOf(user: string, unassigned: readonly string[]): OrphanDevice[] {
  return unassigned
    .filter((serial) => {
      const name = deviceName(serial);
      return name !== undefined && isSameName(name, user);
    })
    .map((serial) => ({ user, serial }));
}

/**
 * Since when sweeps have seen each device: IAM does not say when it was created.
 * @param before what earlier sweeps have seen, or null
 */
export function seenSince(
  before: Pick<StoredOrphans, 'seenAt' | 'devices'> | null,
  orphans: readonly OrphanDevice[],
  now: Date,
): SeenOrphan[] {
  const isOver = before === null || now.getTime() - Date.parse(before.seenAt) >= FORGOTTEN_AFTER_MS;
  const knownSince = (serial: string) =>
    isOver ? undefined : before.devices.find((one) => one.serial === serial)?.firstSeenAt;
  return orphans.map((orphan) => ({
    ...orphan,
    firstSeenAt: knownSince(orphan.serial) ?? now.toISOString(),
  }));
}

/** Whether a device was left over a day ago, so that nobody is enrolling with it. */
export function isDue({ firstSeenAt }: Pick<SeenOrphan, 'firstSeenAt'>, now: Date): boolean {
  return now.getTime() - Date.parse(firstSeenAt) >= DUE_AFTER_MS;
}
