import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExemptTags } from '../../../functions/domain/rules/exempt-tags.ts';
import { parseExemptUsers } from '../../../functions/domain/rules/exempt-users.ts';
import { template } from '../../fakes/template.ts';

const patternOf = (parameter: string) =>
  new RegExp(template().Parameters[parameter]?.AllowedPattern ?? '$^');
const isAccepted = (read: (text: string) => unknown, text: string) => {
  try {
    read(text);
    return true;
  } catch {
    return false;
  }
};

describe('a deployment accepts for ExemptTags exactly what the functions can read', () => {
  it.each([
    '',
    'userType:Service',
    'acme:userType:Service',
    'acme:userType=Service',
    ' a : b , c = d ',
    '"acme:userType"="a=b"',
    '"a"=b',
    'a:b,',
  ])('%s', (text) => {
    expect(patternOf('ExemptTags').test(text)).toBe(isAccepted(parseExemptTags, text));
  });

  it('whatever it is', () => {
    const text = fc
      .string({ unit: fc.constantFrom(...'ab:=:=", '), minLength: 1, maxLength: 15 })
      .filter((one) => one.trim() !== '');
    fc.assert(
      fc.property(text, (one) => {
        expect(patternOf('ExemptTags').test(one)).toBe(isAccepted(parseExemptTags, one));
      }),
      { numRuns: 3000 },
    );
  });
});

describe('a deployment accepts for ExemptUsers exactly what the functions can read', () => {
  it('whatever it is', () => {
    const text = fc
      .string({ unit: fc.constantFrom(...'aZ-*/., é:~'), minLength: 0, maxLength: 10 })
      .filter((one) => one === '' || one.trim() !== '');
    fc.assert(
      fc.property(text, (one) => {
        expect(patternOf('ExemptUsers').test(one)).toBe(isAccepted(parseExemptUsers, one));
      }),
      { numRuns: 3000 },
    );
  });

  it('none by default', () => {
    expect(template().Parameters.ExemptUsers?.Default).toBe('');
  });
});
