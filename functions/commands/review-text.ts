import type { ReviewResult } from '../pipeline/review/review-result.ts';
import { countOf } from '../render/report/text.ts';

/** What a review did, for a person. */
export interface ReviewText {
  readonly action: 'block' | 'unblock' | 'none';
  /** The user is now as they should be. */
  readonly done: boolean;
  readonly message: string;
}

/** Puts the result of a review into words. It prints the decision's own reasons. */
export function reviewText(result: ReviewResult): ReviewText {
  switch (result.kind) {
    case 'gone':
      return { action: 'none', done: true, message: 'is no user of this account' };
    case 'stale':
      return {
        action: 'none',
        done: false,
        message: `IAM does not show the change yet (${result.staleReads.join(', ')}): try again`,
      };
    case 'breaker-open':
      return {
        action: 'block',
        done: false,
        message: `not blocked: ${refusedBecause(result)} (--block-limit)`,
      };
    case 'reviewed': {
      const { action, reasons } = result.userRead.decision;
      const why = reasons.map(({ text }) => text).join(', ');
      const failed = result.outcomes.find(({ kind }) => kind === 'could-not-enforce');
      if (failed?.kind === 'could-not-enforce') {
        return {
          action,
          done: false,
          message: `could not be enforced: ${failed.why.text} (${why})`,
        };
      }
      const would = result.outcomes.some(({ mode }) => mode === 'observe');
      return { action, done: true, message: `${(would ? wouldBe : done)[action]}: ${why}` };
    }
    default:
      return result satisfies never;
  }
}

const done = {
  block: 'blocked until MFA is set up',
  unblock: 'unblocked',
  none: 'as it should be',
} as const;
const wouldBe = {
  block: 'would be blocked until MFA is set up',
  unblock: 'would be unblocked',
  none: 'as it should be',
} as const;

function refusedBecause({
  counted,
  assumed,
  limit,
}: Extract<ReviewResult, { kind: 'breaker-open' }>): string {
  const blocked = counted + assumed;
  return `${countOf(blocked, 'user')} ${blocked === 1 ? 'is' : 'are'} already, and the limit is ${limit}`;
}
