import type { MfaDeviceKind } from '../../events/report.ts';

/** The kinds of MFA devices in words. */
export const mfaDeviceText: Readonly<Record<MfaDeviceKind, string>> = {
  'passkey-or-security-key': 'passkey or security key',
  'authenticator-app': 'authenticator app',
  'hardware-token': 'hardware token',
  unknown: 'device of an unknown kind',
  'not-read': 'device, kind not read',
};
