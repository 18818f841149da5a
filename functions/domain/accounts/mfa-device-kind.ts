import type { MfaDeviceKind } from '../../../events/report.ts';

/**
 * The kind of an MFA device. IAM's lists do not name it, but the serial number shows it: that of a passkey or security key is
 * arn:…:u2f/user/NAME/ID, that of an authenticator app arn:…:mfa/NAME, and that of a hardware token is printed on it.
 */
export function mfaDeviceKind(serial: string): MfaDeviceKind {
  if (!serial.startsWith('arn:')) return 'hardware-token';
  const type = serial.split(/[:/]/)[5];
  if (type === 'u2f') return 'passkey-or-security-key';
  return type === 'mfa' ? 'authenticator-app' : 'unknown';
}
