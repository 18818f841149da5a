import { describe, expect, it } from 'vitest';
import { hintedUsers } from '../../../../functions/domain/accounts/credential-report.ts';

const HEADER =
  'user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,' +
  'password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated';

const line = (name: string, password: string, mfa: string, path = '/') =>
  `${name},arn:aws:iam::111122223333:user${path}${name},2024-03-01T09:00:00+00:00,${password},N/A,N/A,N/A,${mfa},false,N/A`;

describe('the credential report', () => {
  it.each<[string, string, string, [boolean, boolean]]>([
    ['with both', line('dana', 'true', 'true'), 'dana', [true, true]],
    ['with neither', line('dana', 'false', 'false'), 'dana', [false, true]],
    [
      'whose name and path contain commas',
      line('doe,jane', 'true', 'false', '/a,b/'),
      'doe,jane',
      [false, false],
    ],
    [
      'whose name is in quotation marks',
      line('doe,jane', 'false', 'true').replace('doe,jane,arn', '"doe,jane",arn'),
      'doe,jane',
      [true, true],
    ],
    [
      'root, whose password is not said',
      '<root_account>,arn:aws:iam::111122223333:root,2020-01-01T00:00:00+00:00,not_supported,N/A,N/A,N/A,true,false,N/A',
      '<root_account>',
      [true, true],
    ],
  ])('hints at a user %s', (_, text, user, [byMfa, withPasswords]) => {
    for (const newline of ['\n', '\r\n']) {
      const csv = [HEADER, line('other', 'true', 'true'), text].join(newline);
      expect(hintedUsers(csv, { password: false }).has(user)).toBe(byMfa);
      expect(hintedUsers(csv, { password: true }).has(user)).toBe(withPasswords);
    }
  });

  it('hints only at users that it lists', () => {
    expect(hintedUsers(HEADER, { password: true }).size).toBe(0);
    expect(hintedUsers(`${HEADER}\n`, { password: true }).size).toBe(0);
    expect(hintedUsers(`${HEADER}\n\nnonsense\n`, { password: true }).size).toBe(0);
  });

  it('hints at a user whose line is cut short, where passwords matter', () => {
    const csv = `${HEADER}\ndana,arn:aws:iam::111122223333:user/dana`;
    expect([...hintedUsers(csv, { password: true })]).toEqual(['dana']);
    expect([...hintedUsers(csv, { password: false })]).toEqual([]);
  });

  it.each([
    '',
    'user,arn',
    '<html>',
    HEADER.replace('mfa_active', 'mfa'),
    HEADER.replace('password_enabled', 'password'),
    HEADER.replace('user,', 'name,'),
  ])('is refused where it is none: %j', (csv) =>
    expect(() => hintedUsers(csv, { password: true })).toThrow('other columns'),
  );
});
