import { describe, expect, it } from 'vitest';
import { blockLimitOf } from '../../../../functions/domain/rules/settings.ts';

describe('the block limit', () => {
  it.each([
    ['of an account whose first user is not counted yet', 0, 'auto', 1],
    ['of one user', 1, 'auto', 1],
    ['of two users', 2, 'auto', 1],
    ['of three users', 3, 'auto', 2],
    ['of ten users', 10, 'auto', 5],
    ['of a large account', 1000, 'auto', 500],
    ['of a given number', 100, 80, 80],
    ['of zero', 100, 0, 0],
  ] as const)('%s', (_, users, setting, limit) => {
    expect(blockLimitOf(users, setting)).toBe(limit);
  });
});
