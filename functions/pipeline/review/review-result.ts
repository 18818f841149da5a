import type { ReviewTask } from '../../domain/review/tasks.ts';
import type { Published } from './action-log.ts';
import type { GraceInReview } from './grace.ts';
import type { UserRead } from './read-user.ts';

/** The result of the review of one user. */
export type ReviewResult =
  | (Published & {
      readonly kind: 'reviewed';
      readonly userRead: UserRead;
      /** When to review the user again, in seconds; 0: the reading is settled, or an action was done. */
      readonly repeatIn: number;
      /** What there is to do for a user who has time to enrol. Null for others. */
      readonly grace: GraceInReview | null;
    })
  | (Published & { readonly kind: 'gone' })
  | {
      readonly kind: 'stale';
      readonly staleReads: readonly string[];
      /** Delay of the next review, if known. */
      readonly seconds?: number;
    }
  | (Published & {
      readonly kind: 'breaker-open';
      /** The name as IAM returns it. */
      readonly user: string;
      readonly counted: number;
      readonly assumed: number;
      readonly limit: number;
      /** The user was reported as refused already, and no decision could be carried out since. */
      readonly named: boolean;
      /** Start of the user's wait for room. */
      readonly since: Date;
      /** Call it after the user was reported as refused. */
      readonly markNamed: () => Promise<void>;
    });

/** The user's name as IAM returns it, or as in the event if IAM was not asked. */
export function userOf(task: Pick<ReviewTask, 'user'>, result: ReviewResult): string {
  if (result.kind === 'reviewed') return result.userRead.facts.user;
  return result.kind === 'breaker-open' ? result.user : task.user;
}

/** The user is locked by another instance, whose action must end first. */
export const lockedByOther: ReviewResult = {
  kind: 'stale',
  staleReads: ['another instance handles the user'],
};
