import { describe, expect, it } from 'vitest';
import { credentialHints } from '../../functions/domain/credential-report.ts';

const HEADER =
  'user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,' +
  'password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated';

const line = (name: string, password: string, mfa: string, path = '/') =>
  `${name},arn:aws:iam::111122223333:user${path}${name},2024-03-01T09:00:00+00:00,${password},N/A,N/A,N/A,${mfa},false,N/A`;

describe('the credential report', () => {
  it.each([
    ['with both', line('dana', 'true', 'true'), 'dana', { mfaActive: true, hasPassword: true }],
    [
      'with neither',
      line('dana', 'false', 'false'),
      'dana',
      { mfaActive: false, hasPassword: false },
    ],
    [
      'whose name and path hold commas',
      line('doe,jane', 'true', 'false', '/a,b/'),
      'doe,jane',
      { mfaActive: false, hasPassword: true },
    ],
    [
      'whose name is in quotation marks',
      line('doe,jane', 'false', 'true').replace('doe,jane,arn', '"doe,jane",arn'),
      'doe,jane',
      { mfaActive: true, hasPassword: false },
    ],
    [
      'root, whose password is not said',
      '<root_account>,arn:aws:iam::111122223333:root,2020-01-01T00:00:00+00:00,not_supported,N/A,N/A,N/A,true,false,N/A',
      '<root_account>',
      { mfaActive: true, hasPassword: false },
    ],
  ])('hints at a user %s', (_, text, user, hint) => {
    for (const newline of ['\n', '\r\n']) {
      const csv = [HEADER, line('other', 'true', 'true'), text].join(newline);
      expect(credentialHints(csv).get(user)).toEqual(hint);
    }
  });

  it('hints at nobody it does not list', () => {
    expect(credentialHints(HEADER).size).toBe(0);
    expect(credentialHints(`${HEADER}\n`).size).toBe(0);
  });

  it.each(['', 'user,arn', '<html>', HEADER.replace('mfa_active', 'mfa')])(
    'is refused where it is none: %j',
    (csv) => expect(() => credentialHints(csv)).toThrow('other columns'),
  );
});
