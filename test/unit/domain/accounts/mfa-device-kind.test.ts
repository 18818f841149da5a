import { expect, it } from 'vitest';
import { mfaDeviceKind } from '../../../../functions/domain/accounts/mfa-device-kind.ts';

it.each([
  ['arn:aws:iam::111122223333:u2f/user/dana/key-1', 'passkey-or-security-key'],
  ['arn:aws-us-gov:iam::111122223333:u2f/user/dana/key-1', 'passkey-or-security-key'],
  ['arn:aws:iam::111122223333:mfa/phone', 'authenticator-app'],
  ['arn:aws:iam::111122223333:mfa/u2f/phone', 'authenticator-app'],
  ['GAHT12345678', 'hardware-token'],
  ['arn:aws:iam::111122223333:sms-mfa/dana', 'unknown'],
  ['arn:aws:iam', 'unknown'],
])('the MFA device %s is a %s', (serial, kind) => {
  expect(mfaDeviceKind(serial)).toBe(kind);
});
