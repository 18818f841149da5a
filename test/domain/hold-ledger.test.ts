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
