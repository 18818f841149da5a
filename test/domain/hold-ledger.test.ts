import { describe, expect, it } from 'vitest';
import {
  type Bound,
  freeName,
  mostHeld,
  withCount,
  withHold,
  withoutHold,
  withRelease,
} from '../../functions/domain/hold-ledger.ts';

// 120 s of IAM's own delay, 60 s in which a leave may be used, and clocks that differ.
const UNSETTLED = 195_000;
const T = Date.parse('2026-03-01T12:00:00Z');

const bound = (base: number, ...changes: Bound['changes']): Bound => ({ base, at: T, changes });
const later = (seconds: number) => T + seconds * 1000;
const counted = (base: number, at = T): Bound => withCount(null, base, at);

describe('the most that can be held', () => {
  it.each<[string, Bound, number]>([
    ['is what IAM counts', counted(3), 3],
    ['and each hold since', withHold(withHold(counted(3), T + 1), T + 2), 5],
    ['less each release since', withRelease(withHold(counted(3), T + 1), T + 2), 3],
    ['not less a release that the count may know of', withRelease(counted(3), T), 3],
    [
      'less a release once, though it is entered twice',
      withRelease(withRelease(counted(3), T + 1), T + 1),
      2,
    ],
    ['less two releases at two times', withRelease(withRelease(counted(3), T + 1), T + 2), 1],
    ['without a hold that did not come about', withoutHold(withHold(counted(3), T + 1), T + 1), 3],
    ['with the holds that nobody takes back', withoutHold(withHold(counted(3), T + 1), T + 2), 4],
    ['with a release of the same moment', withoutHold(withRelease(counted(3), T + 1), T + 1), 2],
  ])('%s', (_, bound, most) => {
    expect(mostHeld(bound)).toBe(most);
  });
});

describe('a new count', () => {
  const held = withHold(counted(3), T + 1_000);
  it.each<[string, Bound, number, number, number]>([
    ['does not have recent holds, for all one knows', held, 3, T + 60_000, 4],
    ['that seems to have them leaves the older one', held, 4, T + 60_000, 4],
    ['has a hold that is old', held, 4, T + 1_000 + UNSETTLED, 4],
    ['does not have a hold of a moment less', held, 3, T + 999 + UNSETTLED, 4],
    [
      'that is higher than was thought possible is believed, with the holds',
      held,
      9,
      T + 60_000,
      10,
    ],
    ['has the releases', withRelease(counted(3), T + 1_000), 2, T + 60_000, 2],
    [
      'that misses a release leaves the older one',
      withRelease(counted(3), T + 1_000),
      3,
      T + 60_000,
      3,
    ],
  ])('%s', (_, before, count, at, most) => {
    expect(mostHeld(withCount(before, count, at))).toBe(most);
  });
});

describe('the name of a hold', () => {
  it.each<[string, number[], number[], number]>([
    ['is its time', [], [], 5],
    ['or the next that is free', [5, 6], [], 7],
    ['also among the lower rungs', [5], [6], 7],
  ])('%s', (_, attached, lower, name) => {
    const holds = (times: number[]) => times.reduce(withHold, counted(0, 0));
    expect(freeName({ attached: holds(attached), lower: holds(lower) }, 5)).toBe(name);
  });
});

describe('a new count in the ledger', () => {
  const count = later(200);
  const fresh = (base: number, ...changes: Bound['changes']) => ({ base, at: count, changes });

  it('is taken as it is where there was none', () => {
    expect(withCount(null, 4, count)).toEqual(fresh(4));
  });

  it.each([
    ['the same', bound(4), 4],
    ['less', bound(4), 1],
    ['more than was thought possible', bound(4), 9],
  ])('takes the place of the one before: %s', (_, before, found) => {
    expect(withCount(before, found, count)).toEqual(fresh(found));
  });

  // 120 s in which IAM spreads a change, 60 s in which a leave may be used, 15 s between clocks.
  const settled: [number, 1] = [later(5), 1];
  const unsettled: [number, 1] = [later(5) + 1, 1];

  it('may lack holds of the last 195 s: they are counted on top', () => {
    expect(withCount(bound(4, unsettled), 4, count)).toEqual(fresh(4, unsettled));
  });

  it('has earlier holds in it', () => {
    expect(withCount(bound(4, settled, unsettled), 4, count)).toEqual(fresh(4, unsettled));
  });

  it('may lack releases: they are not taken off', () => {
    expect(withCount(bound(9, [later(199), -1], [later(199), -1]), 5, count)).toEqual(fresh(5));
  });

  it('does not count twice what it may have in it already', () => {
    const before = bound(4, unsettled);
    expect(withCount(before, 5, count)).toBe(before);
  });

  it('that is more than was thought possible has recent holds on top', () => {
    expect(withCount(bound(4, unsettled), 6, count)).toEqual(fresh(6, unsettled));
  });

  it('that says no more, recent holds on top, is the newer one', () => {
    const before = bound(5, [later(1), 1], unsettled, [later(150), -1]);
    expect(withCount(before, 5, count)).toEqual(fresh(5, unsettled));
  });
});

describe('a hold in the ledger', () => {
  it('is counted last', () => {
    expect(withHold(bound(2, [T, -1]), later(3))).toEqual(bound(2, [T, -1], [later(3), 1]));
  });

  it('that did not come about is taken back, once', () => {
    const two = bound(2, [T, -1], [T, 1], [later(1), 1], [T, 1]);
    expect(withoutHold(two, T)).toEqual(bound(2, [T, -1], [later(1), 1], [T, 1]));
  });

  it('that is first of all is taken back', () => {
    expect(withoutHold(withHold(bound(2), T), T)).toEqual(bound(2));
  });

  it('that is in a count by now is not taken back', () => {
    const of = bound(2, [T, -1], [later(1), 1]);
    expect(withoutHold(of, T)).toBe(of);
  });
});

describe('a release in the ledger', () => {
  const entered = bound(2, [later(1), -1]);

  it.each([
    ['before the count is in it', bound(2), -1, bound(2)],
    ['at its time may be in it', bound(2), 0, bound(2)],
    ['after it is taken off', bound(2), 1, entered],
    ['that is entered already is not entered again', entered, 1, entered],
    ['of another moment is another', entered, 2, bound(2, [later(1), -1], [later(2), -1])],
    [
      'is no hold of the same moment',
      bound(2, [later(1), 1]),
      1,
      bound(2, [later(1), 1], [later(1), -1]),
    ],
  ])('%s', (_, before, seconds, expected) => {
    expect(withRelease(before, later(seconds))).toEqual(expected);
  });
});
