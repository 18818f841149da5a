import type { Reason, Rung } from '../../events/outcome.ts';

/** Why nobody was held or let go. */
export type Refusal =
  | { readonly kind: 'could-not'; readonly why: Reason; readonly boundarySeen?: string | null }
  | { readonly kind: 'breaker-open'; readonly held: number; readonly limit: number };

/** What came of a hold or a release. */
export type Enforced =
  | {
      readonly kind: 'held';
      readonly rung: Rung;
      /** The permissions boundary that the user had; null: none. Absent where no method looked at it. */
      readonly boundarySeen?: string | null;
    }
  | { readonly kind: 'released'; readonly rungs: readonly Rung[] }
  /** IAM does not know of what was to be undone: the reading was too old. */
  | { readonly kind: 'not-there' }
  /** A reading may still be too old for the method that is next. Nothing was done. */
  | { readonly kind: 'too-early'; readonly seconds?: number }
  | Refusal;
