import * as z from 'zod';
import { nameKey } from '../../../events/names.ts';
import {
  type BlockReservation,
  type BlockReservations,
  RESERVATION_KEPT_MS,
} from '../../domain/review/block-reservations.ts';

const Entry = z.tuple([z.string().min(1), z.int().positive(), z.int().nullable()]);
const Entries = z.object({ reserved: z.array(z.unknown()) });

// Clocks differ by seconds. What is further ahead no enforcer wrote, and it would take room for ever.
const CLOCK_SKEW_MS = 300_000;

/**
 * Reads what is remembered of an account's reservations, without those that have ended by now. What cannot be read is
 * taken as absent: a table that somebody writes to must neither stop the enforcer nor block more than there is.
 * @returns the reservations, and how many entries could not be read (the whole text counts as one)
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

/** As it is remembered. */
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
