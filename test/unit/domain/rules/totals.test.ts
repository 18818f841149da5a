import { describe, expect, it } from 'vitest';
import { addToTotals, noTotals, sumOfTotals } from '../../../../functions/domain/rules/totals.ts';

describe('totals', () => {
  it('count every state once', () => {
    const decision = (
      status: 'protected' | 'exempt' | 'out-of-scope' | 'unprotected',
      blocked = false,
    ) => ({
      kind: 'decision' as const,
      action: 'none' as const,
      status,
      blocked,
      reasons: [],
    });
    const all = [
      decision('protected'),
      decision('protected', true),
      decision('exempt'),
      decision('out-of-scope'),
      decision('unprotected'),
      decision('unprotected', true),
      decision('unprotected', true),
    ];
    expect(all.reduce(addToTotals, noTotals)).toEqual({
      users: 7,
      protected: 2,
      exempt: 1,
      outOfScope: 1,
      unprotected: 1,
      blocked: 2,
    });
  });
});

describe('the totals of several accounts', () => {
  it('are the sum of each', () => {
    const one = { users: 1, protected: 2, blocked: 3, unprotected: 4, exempt: 5, outOfScope: 6 };
    const two = {
      users: 10,
      protected: 20,
      blocked: 30,
      unprotected: 40,
      exempt: 50,
      outOfScope: 60,
    };
    expect(sumOfTotals([one, two])).toEqual({
      users: 11,
      protected: 22,
      blocked: 33,
      unprotected: 44,
      exempt: 55,
      outOfScope: 66,
    });
    expect(sumOfTotals([])).toEqual(noTotals);
  });
});
