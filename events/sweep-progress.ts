import * as z from 'zod';
import { FailedPart, Reason, SweepTotals } from './outcome.ts';

const Named = z.array(z.string());

/** What a sweep has found so far: counts of everyone, and the names of the first of them. */
export const SweepTally = z.strictObject({
  totals: SweepTotals,
  /** How many users differed from what they should be. */
  differences: z.int(),
  differing: z.array(
    z.object({ user: z.string(), action: z.enum(['hold', 'release']), reasons: z.array(Reason) }),
  ),
  heldUsers: Named,
  breakGlassWithoutMfa: Named,
  endingExemptions: z.array(z.object({ user: z.string(), until: z.string() })),
});
export type SweepTally = z.infer<typeof SweepTally>;

/** How many more users may be held, as it was when the first of them was found; and who came too late for it. */
export const SweepRoom = z.strictObject({
  counted: z.int(),
  limit: z.int(),
  left: z.int(),
  beyond: z.int(),
  firstBeyond: Named,
});
export type SweepRoom = z.infer<typeof SweepRoom>;

/** How far a sweep has come: another invocation goes on from here. */
export const SweepProgress = z.strictObject({
  /** The page of users to go on with: IAM's marker, or null for the first. */
  marker: z.string().nullable(),
  /** The users of that page who are done. */
  done: Named,
  tally: SweepTally,
  /** Null: nobody was to be held yet, or ForceMFA does not exist. */
  room: SweepRoom.nullable(),
  /** Parts of the sweep that could not be done so far. */
  failedParts: z.array(FailedPart).default([]),
});
export type SweepProgress = z.infer<typeof SweepProgress>;
