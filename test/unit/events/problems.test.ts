import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { AccountId, UserName } from '../../../events/envelope.ts';
import { problemsOf } from '../../../events/problems.ts';

const Value = z.strictObject({
  name: UserName.optional(),
  account: AccountId.optional(),
  count: z.int().optional(),
  list: z.array(z.string()).optional(),
  inner: z.object({ one: z.string(), two: z.string() }).optional(),
  kind: z.enum(['a', 'b']).optional(),
});
const problems = (value: unknown) => {
  const { error } = Value.safeParse(value);
  if (error === undefined) throw new Error('it is good');
  return problemsOf(error);
};

describe('the problem of a value', () => {
  it.each([
    ['it is null, not an object', null],
    ['it is an array, not an object', []],
    ['it is a string, not an object', 'x'],
    ['it has no inner.one, no inner.two', { inner: {} }],
    ['it has no inner.two', { inner: { one: 'x' } }],
    ['inner.one is an object, not a string', { inner: { one: {}, two: 'x' } }],
    ['inner.one is a number, not a string', { inner: { one: 5, two: 'x' } }],
    ['list.1 is null, not a string', { list: ['a', null] }],
    ['list is a boolean, not an array', { list: true }],
    ['count is a string, not a number', { count: '5' }],
    ['name is not a legal IAM user name', { name: 'se cret' }],
    ['account is not a 12-digit account id', { account: '1' }],
    ['kind: Invalid option: expected one of "a"|"b"', { kind: 'se cret' }],
    ['it: Unrecognized key: "more"', { more: 'se cret' }],
    [
      'it: Unrecognized key: "Invalid input: expected a, received b"',
      { 'Invalid input: expected a, received b': 1 },
    ],
    ['count is a number, not an int', { count: 1.5 }],
    ['it has no inner.two; list is null, not an array', { list: null, inner: { one: 'x' } }],
    [
      'account is not a 12-digit account id; list is null, not an array',
      { account: '', list: null },
    ],
  ])('%s', (words, value) => {
    expect(problems(value)).toBe(words);
  });
});
