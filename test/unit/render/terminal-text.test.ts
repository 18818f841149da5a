import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { styled, visible } from '../../../functions/render/terminal-text.ts';

describe('text for a terminal', () => {
  it.each([
    ['a\tb\nc\r\nd', 'a\tb\nc\r\nd'],
    ['a\rb\r', 'a\\u000db\\u000d'],
    [
      '\u202e\u2066\u200f\u061c\ufeff\u200b\u2028',
      '\\u202e\\u2066\\u200f\\u061c\\ufeff\\u200b\\u2028',
    ],
    ['\u0000\u007f\u0085\u009b', '\\u0000\\u007f\\u0085\\u009b'],
    ['\ud83d', '\\ud83d'],
    ['Zoë 中 👁️ 🔒 “x”…', 'Zoë 中 👁️ 🔒 “x”…'],
  ])('shows invisible characters: %j', (text, shown) => {
    expect(visible(text, false)).toBe(shown);
    expect(visible(text, true)).toBe(shown);
  });

  it('has only the program’s own styles, where there are colours', () => {
    const own = `a ${styled('bold', 'b\u202e')} ${styled('red', 'c')}${styled('dim', '')} d`;
    expect(visible(own, true)).toBe(own.replace('\u202e', '\\u202e'));
    expect(visible(own, false)).not.toContain('\u001b');
    const others = '\u001b[8mhidden\u001b[0m \u001b[31mopen \u001b[2J';
    expect(visible(others, true)).not.toContain('\u001b');
  });

  it('is JSON of the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, text) => {
        const json = JSON.stringify([value, text]);
        expect(JSON.parse(visible(json, false))).toEqual(JSON.parse(json));
      }),
    );
  });
});
