import type { IAMClient } from '@aws-sdk/client-iam';
import type { Outcome } from '../../../events/outcome.ts';
import type { ReviewTask } from '../../domain/review/tasks.ts';
import type { Settings } from '../../domain/rules/settings.ts';
import type { Log } from '../../runtime/log.ts';
import type { StateStore } from '../state-store.ts';
import type { Enforcer } from './enforcer.ts';
import type { UserRead } from './read-user.ts';

/** What users are reviewed with. */
export interface Reviewer {
  readonly iam: IAMClient;
  readonly settings: Settings;
  readonly enforcer: Enforcer;
  /** What was done to whom, and what of it is still to be told. */
  readonly stateStore: StateStore;
  readonly now: () => Date;
  /** Absent in a command, whose own memory neither fails nor was written by others. */
  readonly log?: Log;
}

/** What came of the review of one user. */
export type ReviewResult =
  | {
      readonly kind: 'reviewed';
      readonly userRead: UserRead;
      readonly outcomes: readonly Outcome[];
      /** To be called once the outcomes were published. */
      readonly markPublished: () => Promise<void>;
    }
  | {
      readonly kind: 'gone';
      readonly outcomes: readonly Outcome[];
      readonly markPublished: () => Promise<void>;
    }
  | {
      readonly kind: 'stale';
      readonly staleReads: readonly string[];
      /** When to look again, where that is known. */
      readonly seconds?: number;
    }
  | {
      readonly kind: 'breaker-open';
      /** The name as IAM returns it. */
      readonly user: string;
      readonly counted: number;
      readonly assumed: number;
      readonly limit: number;
      /** The user was named as refused already, and has not been decided since. */
      readonly named: boolean;
      /** Since when the user waits for room. */
      readonly since: Date;
      readonly outcomes: readonly Outcome[];
      readonly markPublished: () => Promise<void>;
      /** To be called once the user was named. */
      readonly markNamed: () => Promise<void>;
    };

/** The user's name as IAM returns it, or as it was typed where IAM has not said it. */
export function userOf(task: Pick<ReviewTask, 'user'>, result: ReviewResult): string {
  if (result.kind === 'reviewed') return result.userRead.facts.user;
  return result.kind === 'breaker-open' ? result.user : task.user;
}

/** The message comes again: what another copy does to the user at this moment must end first. */
export const lockedByOther: ReviewResult = {
  kind: 'stale',
  staleReads: ['another copy is at it'],
};
