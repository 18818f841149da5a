import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatExemptTags,
  parseExemptTags,
} from '../../../../functions/domain/rules/exempt-tags.ts';

const tag = (key: string, value: string) => ({ key, value });

describe('exempt tags', () => {
  it.each([
    ['', []],
    ['   ', []],
    ['userType:Service', [tag('userType', 'Service')]],
    ['userType=Service', [tag('userType', 'Service')]],
    [' a : b , c=d:e ', [tag('a', 'b'), tag('c', 'd:e')]],
    ['acme:userType=Service', [tag('acme:userType', 'Service')]],
    ['aws:a:b=arn:aws:x', [tag('aws:a:b', 'arn:aws:x')]],
    [' user Type : Service Account ', [tag('user Type', 'Service Account')]],
    ['"acme:userType"="a:b=c"', [tag('acme:userType', 'a:b=c')]],
    [' "a" : "b" , "c"  =  "" ', [tag('a', 'b'), tag('c', '')]],
    ['" a"=" b "', [tag(' a', ' b ')]],
  ])('%j', (text, expected) => {
    expect(parseExemptTags(text)).toEqual(expected);
  });

  it.each([
    'userType',
    ':Service',
    'userType:',
    '=x',
    'x=',
    'a:b,',
    'a:b,,c:d',
    ' : ',
    '::',
    ':a:',
  ])('refuses %j', (text) => {
    expect(() => parseExemptTags(text)).toThrow(
      /is not a key=value or key:value pair like userType=Service$/,
    );
  });

  it.each([
    ['acme:userType:Service', 'acme=userType:Service or acme:userType=Service'],
    ['a:b:c:d', 'a=b:c:d or a:b=c:d or a:b:c=d'],
    ['a=b=c', '"a"="b=c" or "a=b"="c"'],
    ['a:b=c=d', '"a:b"="c=d" or "a:b=c"="d"'],
    ['a::', 'a=:'],
    ['a==', '"a"="="'],
    ['==a', '"="="a"'],
  ])('refuses the ambiguous %j, and shows how each meaning is written', (text, how) => {
    expect(() => parseExemptTags(`x:y, ${text} ,c:d`)).toThrow(
      new Error(`"${text}" does not say where its key ends: write ${how}`),
    );
    for (const one of how.split(' or ')) expect(parseExemptTags(one)).toHaveLength(1);
  });

  it.each(['"a:b"=c', 'a="b"', '"a":"b', '""="x"', '"a"="b"c', 'x"a"="b"', '"a" "b"', '"a"x="b"'])(
    'refuses quotes that are not around both key and value: %s',
    (text) => {
      expect(() => parseExemptTags(text)).toThrow(
        new Error(`${text} is not a quoted pair like "userType"="Service"`),
      );
    },
  );

  it('names the pair that is none', () => {
    expect(() => parseExemptTags('a:b, nothing ,c:d')).toThrow('"nothing" is not a key=value or');
  });
});

describe('exempt tags, written', () => {
  it.each([
    ['userType', 'Service', 'userType:Service'],
    ['user Type', 'Service Account', 'user Type:Service Account'],
    ['acme:userType', 'Service', 'acme:userType=Service'],
    ['a', 'arn:aws', 'a=arn:aws'],
    ['a=b', 'c', '"a=b"="c"'],
    ['a', 'b=c', '"a"="b=c"'],
    ['a', '', '"a"=""'],
    [' a', 'b', '" a"="b"'],
    ['a', 'b ', '"a"="b "'],
  ])('%j=%j', (key, value, text) => {
    expect(formatExemptTags([tag(key, value)])).toBe(text);
  });

  // IAM API Reference, Tag: [\p{L}\p{Z}\p{N}_.:/=+\-@], a key of 1 to 128, a value of 0 to 256.
  const unit = fc.oneof(
    fc.constantFrom(...' :=:=_./+-@aZ09'),
    fc.constantFrom('é', 'ß', 'Ж', '中', '\u00a0', '\u2003', '\u2028', '٣', '𝒜'),
  );
  const legal = fc.record({
    key: fc.string({ unit, minLength: 1, maxLength: 128 }),
    value: fc.string({ unit, maxLength: 256 }),
  });

  it('are read again as they were, whatever IAM allows', () => {
    fc.assert(
      fc.property(fc.array(legal, { maxLength: 3 }), (tags) => {
        expect(parseExemptTags(formatExemptTags(tags))).toEqual(tags);
      }),
      { numRuns: 1000 },
    );
  });
});
