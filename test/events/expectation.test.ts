import { describe, expect, it } from 'vitest';
import { mergeExpectations } from '../../events/expectation.ts';

describe('several expectations', () => {
  it('are joined, the later one winning in each aspect', () => {
    expect(
      mergeExpectations([
        {
          exists: true,
          devices: { S1: false, S2: true },
          tags: { a: '1', c: '3' },
          policies: { P: true, R: true },
          groups: { G: true, H: true },
        },
        {
          password: true,
          devices: { S1: true },
          tags: { a: null, b: '2' },
          policies: { P: false, Q: true },
          groups: { G: false },
        },
        { password: false },
      ]),
    ).toEqual({
      exists: true,
      password: false,
      devices: { S1: true, S2: true },
      tags: { a: null, b: '2', c: '3' },
      policies: { P: false, Q: true, R: true },
      groups: { G: false, H: true },
    });
  });

  it.each([{}, { exists: true }, { boundary: null }, { devices: { S1: true } }])(
    'of one is that one: %j',
    (one) => {
      expect(mergeExpectations([one])).toStrictEqual(one);
    },
  );

  it('of none is nothing', () => {
    expect(mergeExpectations([])).toEqual({});
  });
});
