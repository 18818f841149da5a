import { describe, expect, it } from 'vitest';
import {
  type BlockReservations,
  upperBound,
  withoutReservation,
  withReservation,
} from '../../../../functions/domain/review/block-reservations.ts';

const T = Date.parse('2026-03-01T12:00:00Z');
const NOW = new Date(T);
// 120 s of IAM's own delay, 75 s in which a reservation is used.
const UNSETTLED_MS = 195_000;

const reserved = (users: Readonly<Record<string, number>>): BlockReservations =>
  new Map(Object.entries(users).map(([user, at]) => [user, { at, changedAt: null }]));
const listed = (...users: string[]) => ({ users: new Set(users), at: T });

describe('the most users that can be blocked', () => {
  it.each<[string, string[], Record<string, number>, number, number, number]>([
    ['are those in IAM’s list', ['a', 'b'], {}, 2, 0, 3],
    ['and those reserved', ['a'], { b: T, c: T }, 1, 2, 4],
    ['each once, listed or reserved or both', ['a', 'b'], { b: T, c: T }, 2, 1, 4],
    ['with a listed user who is to be blocked', ['a', 'DANA'.toLowerCase()], {}, 2, 0, 2],
    ['with a reserved user who is to be blocked', ['a'], { dana: T }, 1, 1, 2],
    ['while the list may lack the block', [], { a: T - UNSETTLED_MS + 1 }, 0, 1, 2],
    ['and not once it shows it', [], { a: T - UNSETTLED_MS }, 0, 0, 1],
  ])('%s', (_, list, reservations, counted, assumed, withUser) => {
    expect(upperBound(listed(...list), reserved(reservations), 'Dana')).toEqual({
      counted,
      assumed,
      withUser,
    });
  });
});

describe('a reservation', () => {
  it('is named by its time, with the change that it is for', () => {
    const changedAt = new Date(T - 3_000);
    const { reservations, reservation } = withReservation(
      reserved({ a: T }),
      'Dana',
      changedAt,
      NOW,
    );
    expect(reservation).toEqual({ at: T, changedAt: T - 3_000 });
    expect([...reservations.keys()]).toEqual(['a', 'dana']);
    expect(reservations.get('dana')).toBe(reservation);
  });

  it('takes the place of the user’s last one, and has a later name', () => {
    const { reservations, reservation } = withReservation(
      reserved({ dana: T + 9 }),
      'dana',
      null,
      NOW,
    );
    expect(reservation).toEqual({ at: T + 10, changedAt: null });
    expect(reservations.size).toBe(1);
  });

  it('ends by its name, and no later one does', () => {
    const both = reserved({ a: T, dana: T + 1 });
    expect(withoutReservation(both, 'Dana', { at: T + 1, changedAt: null })).toEqual(
      reserved({ a: T }),
    );
    expect(withoutReservation(both, 'Dana', { at: T, changedAt: null })).toBeNull();
    expect(withoutReservation(both, 'erin', { at: T, changedAt: null })).toBeNull();
  });

  it('leaves its place to the one before', () => {
    const before = { at: T - 5, changedAt: T - 8 };
    const both = reserved({ a: T, dana: T + 1 });
    const left = withoutReservation(both, 'dana', { at: T + 1, changedAt: null }, before);
    expect(left?.get('dana')).toBe(before);
    expect(left?.size).toBe(2);
  });
});
