import { expect, it } from 'vitest';
import { isSameTags } from '../../../../functions/domain/rules/user-facts.ts';

it.each([
  ['none', {}, {}, true],
  ['in another order', { a: '1', b: '2' }, { b: '2', a: '1' }, true],
  ['of another value', { a: '1' }, { a: '2' }, false],
  ['one of two alike', { a: '1', b: '2' }, { a: '1', b: '3' }, false],
  ['of another key', { a: '1' }, { b: '1' }, false],
  ['fewer', { a: '1', b: '2' }, { a: '1' }, false],
  ['more', { a: '1' }, { a: '1', b: '2' }, false],
])('compares the tags of two readings: %s', (_, one, other, same) => {
  expect(isSameTags(one, other)).toBe(same);
});
