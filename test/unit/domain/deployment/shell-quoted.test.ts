import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  shellOption,
  shellQuoted,
  tagUserCommand,
} from '../../../../functions/domain/deployment/shell-quoted.ts';

it.each([
  ['userType', 'userType'],
  ['Az09_+=,.@:/-', 'Az09_+=,.@:/-'],
  ['', "''"],
  ['a b', "'a b'"],
  [' a', "' a'"],
  ['a ', "'a '"],
  ["it's Ann's", "'it'\\''s Ann'\\''s'"],
  ['.Records[0]', "'.Records[0]'"],
])('a word of a command: %j', (word, quoted) => {
  expect(shellQuoted(word)).toBe(quoted);
});

it('is read by a shell as the same word', () => {
  const text = fc.string({ unit: 'binary' }).filter((one) => !one.includes('\0'));
  fc.assert(
    fc.property(fc.array(text, { minLength: 20, maxLength: 50 }), (words) => {
      const command = `printf '%s\\0' ${words.map(shellQuoted).join(' ')}`;
      const message = execFileSync('sh', ['-c', command], { encoding: 'utf8' });
      expect(message).toBe(words.map((one) => `${one}\0`).join(''));
    }),
    { numRuns: 20 },
  );
});

it.each([
  ['dana', '--user-name dana'],
  ['-2+3', '--user-name=-2+3'],
  ['a-b-', '--user-name a-b-'],
  ['- x', "--user-name='- x'"],
])('an option is not taken for another one: %s', (value, option) => {
  expect(shellOption('user-name', value)).toBe(option);
});

it.each([
  ['dana', 'userType', 'Service', '--user-name dana --tags Key=userType,Value=Service'],
  ['-dana', 'aA0_.:/+@-', 'a-', '--user-name=-dana --tags Key=aA0_.:/+@-,Value=a-'],
  ['dana', 'a b', 'c', `--user-name dana --tags '[{"Key":"a b","Value":"c"}]'`],
  ['dana', 'a', '=c', `--user-name dana --tags '[{"Key":"a","Value":"=c"}]'`],
  ['dana', 'a', "c'", `--user-name dana --tags '[{"Key":"a","Value":"c'\\''"}]'`],
])('the command that tags a user: %s %s=%s', (user, key, value, rest) => {
  expect(tagUserCommand(user, { key, value })).toBe(`aws iam tag-user ${rest}`);
});
