import { describe, expect, it } from 'vitest';
import type { BlockReservations } from '../../../../functions/domain/review/block-reservations.ts';
import {
  parseReservations,
  reservationsText,
} from '../../../../functions/pipeline/review/stored-reservations.ts';

const T = Date.parse('2026-03-01T12:00:00Z');
const NOW = new Date(T);
// 120 s of IAM's own delay, 75 s in which a reservation is used, 60 s for which a list is kept.
const KEPT_MS = 255_000;

describe('a stored reservation', () => {
  const all: BlockReservations = new Map([
    ['a', { at: T - 1, changedAt: T - 4 }],
    ['__proto__', { at: T, changedAt: null }],
  ]);

  it('is read as it was written', () => {
    expect(parseReservations(reservationsText(all), NOW)).toEqual({
      reservations: all,
      unreadable: 0,
    });
    expect(parseReservations(null, NOW)).toEqual({ reservations: new Map(), unreadable: 0 });
  });

  const text = (...entries: unknown[]) => JSON.stringify({ reserved: entries });
  const names = (entries: unknown[]) => {
    const { reservations, unreadable } = parseReservations(text(...entries), NOW);
    return [[...reservations.keys()].join(), unreadable];
  };

  it.each([
    ['ended', ['old', T - KEPT_MS, null], 'ok', 0],
    ['not ended a moment before', ['Old', T - KEPT_MS + 1, null], 'ok,old', 0],
    ['some minutes ahead, by another clock', ['ahead', T + 300_000, null], 'ok,ahead', 0],
    ['further ahead than clocks are', ['ahead', T + 300_001, null], 'ok', 1],
    ['before all time', ['x', -1, null], 'ok', 1],
    ['not at a time', ['x', 'soon', null], 'ok', 1],
    ['of no change', ['x', T, 'y'], 'ok', 1],
    ['without a user', ['', T, null], 'ok', 1],
    ['no entry', 'x', 'ok', 1],
  ])('is left out if it is %s', (_, entry, left, unreadable) => {
    expect(names([['ok', T, null], entry])).toEqual([left, unreadable]);
  });

  it.each(['', 'no JSON', 'null', '[]', '{}', '{"reserved":{}}', '{"attached":{"base":9}}'])(
    'is nothing where it cannot be read at all: %j',
    (unreadable) => {
      expect(parseReservations(unreadable, NOW)).toEqual({
        reservations: new Map(),
        unreadable: 1,
      });
    },
  );
});
