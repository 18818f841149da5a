import type { ReviewResult } from '../pipeline/review/review-result.ts';
import { countOf } from '../render/report/text.ts';

/** The result of a review, for a person. */
export interface ReviewText {
  readonly action: 'block' | 'unblock' | 'none';
  /** No further change is needed. */
  readonly done: boolean;
  readonly message: string;
}

/** Describes the result of a review, with the decision's reasons. */
export function reviewText(result: ReviewResult): ReviewText {
  switch (result.kind) {
    case 'gone':
      return { action: 'none', done: true, message: 'no such user in this account' };
    case 'stale':
      return {
        action: 'none',
        done: false,
        message: `IAM does not show the change yet (${result.staleReads.join(', ')}). Try again`,
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
          message: `could not be changed: ${failed.why.text} (${why})`,
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
  block: 'blocked',
  unblock: 'unblocked',
  none: 'no change needed',
} as const;
const wouldBe = {
  block: 'would be blocked',
  unblock: 'would be unblocked',
  none: 'no change needed',
} as const;

function refusedBecause({
  counted,
  assumed,
  limit,
}: Extract<ReviewResult, { kind: 'breaker-open' }>): string {
  const blocked = counted + assumed;
  return `${countOf(blocked, 'user')} ${blocked === 1 ? 'is' : 'are'} blocked already, and the block limit is ${limit}`;
}
