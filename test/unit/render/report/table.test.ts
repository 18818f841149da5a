import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellsOf, cutToCells } from '../../../../functions/render/cells.ts';
import { table } from '../../../../functions/render/report/table.ts';
import {
  emptyAccount,
  everyState,
  fiveThousand,
  reportedUser,
  reportOf,
} from '../../../fakes/report.ts';
import { expectGolden } from './golden.ts';

const plain = { width: 100, color: false };
const linesOf = (text: string) => text.trimEnd().split('\n');

describe('the table', () => {
  it.each([
    ['every state', everyState, plain, 'table.txt'],
    ['every user', everyState, { ...plain, all: true }, 'table.all.txt'],
    ['a narrow terminal', everyState, { ...plain, width: 60 }, 'table.narrow.txt'],
    ['in colour', everyState, { ...plain, color: true }, 'table.color.txt'],
    ['an empty account', emptyAccount, plain, 'table.empty.txt'],
  ])('is as in the golden file: %s', async (_, report, options, file) => {
    await expectGolden(table(report, options), file);
  });

  it('begins with a root user without MFA, and says nothing of one with MFA', () => {
    expect(linesOf(table(everyState, plain))[0]).toBe('The root user has no MFA device.');
    expect(table(emptyAccount, plain)).not.toContain('root');
  });

  it('has the users without MFA first, then the exempt, then the protected', () => {
    const text = table(everyState, { ...plain, all: true });
    const names = [
      '-gina',
      '=1+1',
      '+frank',
      '@heidi',
      'mallory',
      'break-glass',
      'robot',
      'ivan',
      'alice',
      'bob',
      'carol',
    ];
    const rows = linesOf(text).slice(4);
    const at = names.map((name) => rows.findIndex((row) => row.startsWith(name)));
    expect(at).not.toContain(-1);
    expect(at).toEqual(at.toSorted((a, b) => a - b));
  });

  it('counts the protected users, and lists them only on request', () => {
    expect(table(everyState, plain)).toContain('3 protected users are not listed here.');
    expect(table(everyState, plain)).not.toContain('alice');
    expect(table(everyState, { ...plain, all: true })).not.toContain('not listed');
  });

  it('has the states in words', () => {
    const text = table(everyState, { ...plain, all: true });
    for (const words of ['unprotected', 'blocked', 'exempt', 'out of scope', 'protected']) {
      expect(text).toMatch(new RegExp(`  ${words}  `));
    }
    expect(text).not.toMatch(/out-of-scope/);
  });

  it.each([40, 60, 80, 100, 200])('fits a terminal of %i cells', (width) => {
    for (const report of [everyState, emptyAccount, fiveThousand]) {
      for (const line of linesOf(table(report, { width, color: false, all: true }))) {
        expect(cellsOf(line)).toBeLessThanOrEqual(width);
      }
    }
  });

  it('never cuts a name that fits a line', () => {
    const text = table(everyState, { ...plain, width: 64, all: true });
    for (const { name } of everyState.users) expect(text).toContain(name);
  });

  it('has a line a user and a few more', () => {
    expect(linesOf(table(fiveThousand, { width: 150, color: false })).length).toBeLessThan(5010);
  });

  it('is the same in colour, but for the colour', () => {
    const coloured = table(everyState, { ...plain, color: true, all: true });
    expect(stripVTControlCharacters(coloured)).toBe(table(everyState, { ...plain, all: true }));
    expect(coloured).toContain('\u001b[31m');
  });

  it('contains no control character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (name, text) => {
        const user = reportedUser(name, { reasons: [{ code: 'x', text }] });
        const shown = table(reportOf([user], { alias: text }), plain);
        expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        for (const line of linesOf(shown)) expect(cellsOf(line)).toBeLessThanOrEqual(100);
      }),
    );
  });
});

describe('cells of a terminal', () => {
  it.each([
    ['abc', 3],
    ['日本語', 6],
    ['e\u0301', 1],
    ['🔒', 2],
    ['', 0],
  ])('of %j are %i', (text, cells) => {
    expect(cellsOf(text)).toBe(cells);
  });

  it.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 5, 'abcd…'],
    ['日本語', 5, '日本…'],
    ['日本語', 4, '日…'],
    ['ab cdef', 4, 'ab…'],
    ['abc', 0, ''],
  ])('%j in %i is %j', (text, most, cut) => {
    expect(cutToCells(text, most)).toBe(cut);
  });
});
