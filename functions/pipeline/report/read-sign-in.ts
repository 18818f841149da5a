import type { IAMClient } from '@aws-sdk/client-iam';
import type { ReportedDevice, ReportedUser } from '../../../events/report.ts';
import {
  type CredentialRow,
  factsOfRow,
  type RowUse,
} from '../../domain/accounts/credential-report.ts';
import { mfaDeviceKind } from '../../domain/accounts/mfa-device-kind.ts';
import { decide } from '../../domain/rules/decide.ts';
import type { Settings } from '../../domain/rules/settings.ts';
import type { UserFacts } from '../../domain/rules/user-facts.ts';
import { hasPassword, type MfaDevice, readMfaDevices } from '../../io/iam-user.ts';

/** A user's devices and password, and where they come from. */
export interface SignIn {
  readonly facts: UserFacts;
  readonly devices: readonly ReportedDevice[];
  readonly devicesFrom: ReportedUser['devicesFrom'];
  /** Null where the password was not asked for. */
  readonly passwordFrom: ReportedUser['passwordFrom'] | null;
}

/** What of a user is read, and what is taken from IAM's credential report. */
export interface HowToReadSignIn {
  readonly now: Date;
  readonly use: RowUse;
  readonly rowOf: (facts: UserFacts) => CredentialRow | null;
  /**
   * The passwords that are shown: of all users, or of those without a device. states: of those without a device, and live only where
   * the state hangs on it.
   */
  readonly passwords: 'all' | 'without-device' | 'states';
}

/**
 * Reads whether a user has an MFA device and a password. A user who may be unprotected or blocked is read live, unless the rows may
 * serve all users. A user with a virtual device is protected, so the other devices are not asked for.
 * @param known what the bulk readings have of the user
 * @param virtualDevices the user's virtual devices
 * @returns null for a user who was deleted meanwhile
 * @throws the error of a failed read
 */
export async function readSignIn(
  iam: IAMClient,
  settings: Settings,
  known: UserFacts,
  virtualDevices: readonly MfaDevice[],
  { now, use, rowOf, passwords }: HowToReadSignIn,
): Promise<SignIn | null> {
  const row = rowOf(known);
  const ofRow = (facts: UserFacts, areDevicesRead: boolean) => {
    const verdict = decide(facts, settings, now);
    const isSettled =
      verdict.kind === 'decision' && (passwords === 'states' || verdict.status !== 'unprotected');
    return factsOfRow(row, use, { areDevicesRead, isSettled });
  };
  const found = await readDevices(iam, known, virtualDevices, ofRow(known, false).hasDevice);
  if (found === null) return null;
  const { facts, devices, devicesFrom } = found;
  if (devices.length > 0 && passwords !== 'all') return { ...found, passwordFrom: null };
  const byRow = ofRow(facts, true).password;
  const password = byRow ?? (await hasPassword(iam, known.user));
  return {
    facts: { ...facts, password },
    devices,
    devicesFrom,
    passwordFrom: byRow === undefined ? 'live' : 'credential-report',
  };
}

/** The devices by the first source that has them: the list of virtual devices, the row, the user's own list. */
async function readDevices(
  iam: IAMClient,
  known: UserFacts,
  virtualDevices: readonly MfaDevice[],
  hasDevice: boolean | undefined,
): Promise<Omit<SignIn, 'passwordFrom'> | null> {
  if (virtualDevices.length > 0) {
    const devices = virtualDevices.map(reportedDevice);
    return { facts: known, devices, devicesFrom: 'virtual-devices' };
  }
  if (hasDevice !== undefined) {
    return {
      facts: { ...known, mfaActive: hasDevice },
      devices: hasDevice ? [notReadDevice] : [],
      devicesFrom: 'credential-report',
    };
  }
  const read = await readMfaDevices(iam, known.user);
  if (read === null) return null;
  const facts = { ...known, devices: read.devices.map(({ serial }) => serial) };
  return { facts, devices: read.devices.map(reportedDevice), devicesFrom: 'live' };
}

const notReadDevice: ReportedDevice = { serial: null, kind: 'not-read', enrolledAt: null };

function reportedDevice({ serial, enrolledAt }: MfaDevice): ReportedDevice {
  return { serial, kind: mfaDeviceKind(serial), enrolledAt: enrolledAt?.toISOString() ?? null };
}
