import { createHmac } from 'node:crypto';

/** How long a code is valid (RFC 6238, section 5.2). AWS's virtual devices use the default. */
const STEP_MS = 30_000;
const DIGITS = 6;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The number of the code of a time. */
export const stepOf = (time: Date) => Math.floor(time.getTime() / STEP_MS);

/**
 * The code of a virtual MFA device: RFC 6238 with SHA-1 and six digits.
 * @param seed in base32, as IAM gives it
 * @param step the number of the code
 */
export function totpCode(seed: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const hash = createHmac('sha1', base32Bytes(seed)).update(counter).digest();
  // RFC 4226, section 5.3: the last four bits name the four bytes that make the code.
  const offset = (hash.at(-1) ?? 0) & 0xf;
  const number = hash.readUInt32BE(offset) & 0x7f_ff_ff_ff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0');
}

/** Decodes base32 (RFC 4648, section 6). @throws for another text, without the text: it is a secret */
function base32Bytes(text: string): Buffer {
  const bits = [...text.replace(/=+$/, '').toUpperCase()].map((character) => {
    const value = ALPHABET.indexOf(character);
    if (value === -1) throw new Error('the seed of the virtual MFA device is not in base32');
    return value.toString(2).padStart(5, '0');
  });
  const bytes = bits.join('').match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
}
