import { describe, expect, it } from 'vitest';
import {
  choiceOf,
  isOfOrganization,
  maxAgeOf,
  throttleOf,
} from '../../../functions/commands/options.ts';

const [ONE, OTHER] = ['111122223333', '222233334444'] as const;
const UNIT = 'ou-ab12-cdef3456';

describe('which accounts', () => {
  it.each([
    ['all', {}, [], [], false],
    ['one', { accounts: ONE }, [ONE], [], false],
    ['two, with commas', { accounts: `${ONE},${OTHER}` }, [ONE, OTHER], [], false],
    ['two, with blanks', { accounts: ` ${ONE}, \n ${OTHER} ` }, [ONE, OTHER], [], false],
    ['those below a unit', { ou: UNIT }, [], [UNIT], false],
    ['the active', { activeOnly: true }, [], [], true],
  ])('%s', (_, options, accounts, units, activeOnly) => {
    expect(choiceOf(options)).toEqual({ accounts, units, activeOnly });
  });

  it.each(['1111222233334', 'x', `${ONE},12`])('refuses --accounts %s', (accounts) => {
    const wrong = accounts.split(',').at(-1);
    expect(() => choiceOf({ accounts })).toThrow(
      `--accounts: "${wrong}" is not a 12-digit account ID`,
    );
  });

  it.each([
    'r-ab12',
    'ou-ab1-cdef3456',
    'ou-ab12-cdef345',
    `x${UNIT}`,
    `${UNIT}!`,
    `${UNIT},ou-x`,
    'ou-AB12-cdef3456',
  ])('refuses --ou %s', (ou) => {
    const wrong = ou.split(',').at(-1);
    expect(() => choiceOf({ ou })).toThrow(
      `--ou: "${wrong}" is not the ID of an organizational unit (ou-…)`,
    );
  });
});

describe('how fast', () => {
  it.each([
    [{}, 8, 15],
    [{ atOnce: '1' }, 1, 15],
    [{ atOnce: '9' }, 9, 15],
    [{ atOnce: '10' }, 10, 15],
    [{ atOnce: '49' }, 49, 15],
    [{ atOnce: '50' }, 50, 15],
    [{ timeLimit: '0.25' }, 8, 0.25],
    [{ timeLimit: '9999' }, 8, 9999],
    [{ timeLimit: '1.5' }, 8, 1.5],
  ])('%j', (options, atOnce, minutes) => {
    expect(throttleOf(options)).toEqual({ atOnce, limitMs: minutes * 60_000 });
  });

  it.each(['0', '51', '60', '05', '100', '1x', 'x1', '5x', '', ' 1'])(
    'refuses --at-once %j',
    (atOnce) => {
      expect(() => throttleOf({ atOnce })).toThrow('--at-once must be 1 to 50');
    },
  );

  it.each(['0', '0.0', '12345', 'x1', '1x', '1.', '1.x', '-1', ''])(
    'refuses --time-limit %j',
    (timeLimit) => {
      expect(() => throttleOf({ timeLimit })).toThrow('--time-limit must be a number of minutes');
    },
  );
});

describe('how old devices and passwords may be', () => {
  it.each<[string | undefined, number | null]>([
    [undefined, null],
    ['0', 0],
    ['0m', 0],
    ['0h', 0],
    ['30m', 30],
    ['90m', 90],
    ['240m', 240],
    ['1h', 60],
    ['4h', 240],
    ['0004h', 240],
  ])('%s is %s minutes', (maxAge, minutes) => {
    const options = maxAge === undefined ? {} : { maxAge };
    expect(maxAgeOf(options)).toBe(minutes === null ? null : minutes * 60_000);
  });

  it.each(['', '4', '241m', '5h', '4 h', '-1h', '1.5h', '4H', '4hours', 'x4h', '14400s', '00004h'])(
    'refuses --max-age %j',
    (maxAge) => {
      expect(() => maxAgeOf({ maxAge })).toThrow(
        `--max-age: "${maxAge}" must be minutes or hours up to 4h`,
      );
    },
  );
});

it.each([
  [{}, false],
  [{ organization: true }, true],
  [{ accounts: ONE }, true],
  [{ ou: UNIT }, true],
  [{ activeOnly: true }, true],
  [{ atOnce: '1' }, true],
  [{ timeLimit: '1' }, true],
  [{ stateTable: 'x' }, true],
])('any of the options makes a command the organization’s: %j', (options, isOfIt) => {
  expect(isOfOrganization(options)).toBe(isOfIt);
});
