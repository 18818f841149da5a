import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExemptTags } from '../../../functions/domain/rules/exempt-tags.ts';
import { parseExemptUsers } from '../../../functions/domain/rules/exempt-users.ts';
import { runbookUrls } from '../../fakes/runbook-urls.ts';
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

describe('the template’s pattern for ExemptTags', () => {
  it.each([
    '',
    'userType:Service',
    'acme:userType:Service',
    'acme:userType=Service',
    ' a : b , c = d ',
    '"acme:userType"="a=b"',
    '"a"=b',
    'a:b,',
  ])('accepts %j exactly if the functions can read it', (text) => {
    expect(patternOf('ExemptTags').test(text)).toBe(isAccepted(parseExemptTags, text));
  });

  it('accepts any other text exactly if the functions can read it', () => {
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

describe('the template’s pattern for ExemptUsers', () => {
  it('accepts a text exactly if the functions can read it', () => {
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

  it('exempts no user by default', () => {
    expect(template().Parameters.ExemptUsers?.Default).toBe('');
  });
});

describe('the template’s pattern for RunbookUrl', () => {
  it.each(runbookUrls)('takes %j: %s', (url, isTaken) => {
    expect(patternOf('RunbookUrl').test(url)).toBe(isTaken);
    if (isTaken && url !== '') expect(URL.canParse(`${url}#user-blocked`)).toBe(true);
  });
});
