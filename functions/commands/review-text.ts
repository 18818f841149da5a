import type { ReviewResult } from '../pipeline/review/review-result.ts';
import { countOf } from '../render/report/text.ts';

/** What a review did, for a person. */
export interface ReviewWords {
  readonly action: 'hold' | 'release' | 'none';
  /** The user is now as they should be. */
  readonly done: boolean;
  readonly said: string;
}

/** Puts the result of a review into words. It prints the decision's own reasons. */
export function reviewWords(result: ReviewResult): ReviewWords {
  switch (result.kind) {
    case 'gone':
      return { action: 'none', done: true, said: 'is no user of this account' };
    case 'too-early':
      return {
        action: 'none',
        done: false,
        said: `IAM does not show the change yet (${result.contradictions.join(', ')}): try again`,
      };
    case 'breaker-open':
      return {
        action: 'hold',
        done: false,
        said: `not blocked: ${refusedBecause(result)} (--hold-limit)`,
      };
    case 'reviewed': {
      const { action, reasons } = result.examined.decision;
      const why = reasons.map(({ text }) => text).join(', ');
      const failed = result.outcomes.find(({ kind }) => kind === 'could-not-enforce');
      if (failed?.kind === 'could-not-enforce') {
        return { action, done: false, said: `could not be enforced: ${failed.why.text} (${why})` };
      }
      const would = result.outcomes.some(({ mode }) => mode === 'observe');
      return { action, done: true, said: `${(would ? wouldBe : done)[action]}: ${why}` };
    }
    default:
      return result satisfies never;
  }
}

const done = {
  hold: 'blocked until MFA is set up',
  release: 'let go',
  none: 'as it should be',
} as const;
const wouldBe = {
  hold: 'would be blocked until MFA is set up',
  release: 'would be let go',
  none: 'as it should be',
} as const;

function refusedBecause({
  counted,
  assumed,
  limit,
}: Extract<ReviewResult, { kind: 'breaker-open' }>): string {
  const held = counted + assumed;
  return `${countOf(held, 'user')} ${held === 1 ? 'is' : 'are'} already, and the limit is ${limit}`;
}
