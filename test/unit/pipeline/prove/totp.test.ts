import { describe, expect, it } from 'vitest';
import { stepOf, totpCode } from '../../../../functions/pipeline/prove/totp.ts';

// RFC 6238, appendix B, SHA-1, secret "12345678901234567890": the last six of its eight digits.
const vectors = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
] as const;

describe('the code of a virtual MFA device', () => {
  it.each(vectors)('at %d s is that of RFC 6238', (seconds, code) => {
    const seed = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
    const step = stepOf(new Date(seconds * 1000));
    expect(totpCode(seed, step)).toBe(code);
    expect(totpCode(`${seed.toLowerCase()}====`, step)).toBe(code);
  });

  it('of a seed that is not base32 is an error without the seed', () => {
    expect(() => totpCode('not-base-32', 1)).toThrow(
      'the seed of the virtual MFA device is not in base32',
    );
  });
});
