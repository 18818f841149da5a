import type { Reason, Rung } from '../../events/outcome.ts';

/** What came of a hold or a release. */
export type Enforced =
  | { readonly kind: 'held'; readonly rung: Rung }
  | { readonly kind: 'released'; readonly rungs: readonly Rung[] }
  /** The facts had grown too old: nothing was done. */
  | { readonly kind: 'too-late' }
  /** IAM does not know of what was to be undone: the reading was too old. */
  | { readonly kind: 'not-there' }
  | { readonly kind: 'could-not'; readonly why: Reason }
  | { readonly kind: 'breaker-open'; readonly held: number; readonly limit: number };
