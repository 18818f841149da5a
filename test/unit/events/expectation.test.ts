import { describe, expect, it } from 'vitest';
import { mergeExpectations } from '../../../events/expectation.ts';

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

  it('are of the same thing though its name was typed in another case', () => {
    expect(
      mergeExpectations([
        {
          devices: { 'arn:aws:iam::1:mfa/Phone': true },
          tags: { userType: 'Service', team: 'blue' },
          policies: { 'arn:aws:iam::1:policy/ForceMFA': true },
          groups: { ForceMFA: true },
        },
        {
          devices: { 'arn:aws:iam::1:mfa/phone': false },
          tags: { usertype: null },
          policies: { 'arn:aws:iam::1:policy/FORCEMFA': false },
          groups: { forcemfa: false },
        },
      ]),
    ).toEqual({
      devices: { 'arn:aws:iam::1:mfa/phone': false },
      tags: { team: 'blue', usertype: null },
      policies: { 'arn:aws:iam::1:policy/FORCEMFA': false },
      groups: { forcemfa: false },
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
