import { describe, expect, it } from 'vitest';
import {
  type Bound,
  withCount,
  withHold,
  withoutHold,
  withRelease,
} from '../../functions/domain/hold-ledger.ts';

const AT = Date.parse('2026-03-01T12:00:00Z');
const bound = (base: number, ...changes: Bound['changes']): Bound => ({ base, at: AT, changes });
const later = (seconds: number) => AT + seconds * 1000;

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
    expect(withHold(bound(2, [AT, -1]), later(3))).toEqual(bound(2, [AT, -1], [later(3), 1]));
  });

  it('that did not come about is taken back, once', () => {
    const two = bound(2, [AT, -1], [AT, 1], [later(1), 1], [AT, 1]);
    expect(withoutHold(two, AT)).toEqual(bound(2, [AT, -1], [later(1), 1], [AT, 1]));
  });

  it('that is first of all is taken back', () => {
    expect(withoutHold(withHold(bound(2), AT), AT)).toEqual(bound(2));
  });

  it('that is in a count by now is not taken back', () => {
    const of = bound(2, [AT, -1], [later(1), 1]);
    expect(withoutHold(of, AT)).toBe(of);
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
