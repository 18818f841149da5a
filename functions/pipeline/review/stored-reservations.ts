import * as z from 'zod';
import { nameKey } from '../../../events/names.ts';
import {
  type BlockReservation,
  type BlockReservations,
  RESERVATION_KEPT_MS,
} from '../../domain/review/block-reservations.ts';

const Entry = z.tuple([z.string().min(1), z.int().positive(), z.int().nullable()]);
const Entries = z.object({ reserved: z.array(z.unknown()) });

// Clocks differ by seconds. An entry further in the future is not the enforcer's, and would take room for ever.
const CLOCK_SKEW_MS = 300_000;

/**
 * Parses an account's reservations, without those that have ended. An invalid entry counts as absent: a foreign write to the
 * table must neither stop the enforcer nor take room.
 * @returns the reservations, and the number of invalid entries (an invalid text counts as one)
 */
export function parseReservations(
  text: string | null,
  now: Date,
): { readonly reservations: BlockReservations; readonly unreadable: number } {
  if (text === null) return { reservations: new Map(), unreadable: 0 };
  const parsed = Entries.safeParse(jsonOf(text));
  if (!parsed.success) return { reservations: new Map(), unreadable: 1 };
  const reservations = new Map<string, BlockReservation>();
  let unreadable = 0;
  for (const entry of parsed.data.reserved) {
    const [key, at, changedAt] = Entry.safeParse(entry).data ?? [];
    if (key === undefined || at === undefined || at > now.getTime() + CLOCK_SKEW_MS) {
      unreadable += 1;
    } else if (at > now.getTime() - RESERVATION_KEPT_MS) {
      reservations.set(nameKey(key), { at, changedAt: changedAt ?? null });
    }
  }
  return { reservations, unreadable };
}

/** The stored text of reservations. */
export function reservationsText(reservations: BlockReservations): string {
  const reserved = [...reservations].map(([key, { at, changedAt }]) => [key, at, changedAt]);
  return JSON.stringify({ reserved });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
