import type { Reason, Rung } from '../../events/outcome.ts';

/** IAM, or the account, does not let the user be blocked or unblocked. */
interface CouldNot {
  readonly kind: 'could-not';
  readonly why: Reason;
  /** The permissions boundary that the user had, where a method looked at it. */
  readonly boundarySeen?: string | null;
}

/** Why a user may not be blocked. */
export type Refusal =
  | CouldNot
  | {
      readonly kind: 'breaker-open';
      /** Blocked users in IAM's list, and those reserved for whom it may not list yet. */
      readonly counted: number;
      readonly assumed: number;
      readonly limit: number;
    };

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
  | CouldNot;
