import * as z from 'zod';
import { stateKeys } from '../../../events/state-keys.ts';
import { contestedOutcome, type OutcomeContext } from '../../domain/outcomes/outcomes.ts';
import {
  CONTEST_MS,
  contestToReport,
  contestWait,
  type Removals,
  withRemovals,
} from '../../domain/review/contest.ts';
import type { ReviewTask } from '../../domain/review/tasks.ts';
import { hasCome, readStored } from '../state-store.ts';
import type { ReviewDeps } from './review-deps.ts';
import { lockedByOther, type ReviewResult } from './review-result.ts';

const StoredRemovals = z.object({
  last: z.array(z.object({ eventId: z.string(), at: z.iso.datetime(), by: z.string() })),
  reportedAt: z.iso.datetime().optional(),
});

/**
 * Records who removed the user's block, reports once an hour who does so again and again, and delays the next block. A review
 * that neither blocks nor has a removal costs no call.
 * @param context of the review, whose decision says whether the user is to be blocked
 * @returns when to read again; null where no block waits
 * @throws the error of the state store or of the publication
 */
export async function waitInContest(
  { stateStore, settings, now, publish, log }: ReviewDeps,
  { changes }: ReviewTask,
  context: OutcomeContext,
): Promise<ReviewResult | null> {
  // Observe mode blocks no user, so nothing can be removed again.
  if (settings.mode === 'observe') return null;
  const blocks = context.decision.action === 'block';
  const isRemoved = withRemovals(nothing, changes, settings, now()).last.length > 0;
  if (!blocks && !isRemoved) return null;
  const id = stateKeys.removals(settings.account, context.user);
  const text = await stateStore.get(id);
  const before = readStored(text, { id, schema: StoredRemovals, isPossible: has(now()), log });
  const after = withRemovals(before ?? nothing, changes, settings, now());
  // Who is exempt or has MFA by now is not blocked again, and nobody fights.
  const isFight = context.decision.status === 'unprotected';
  const contest = isFight ? contestToReport(after, changes, now()) : null;
  if (contest) {
    const { cause } = contest.change;
    await publish([contestedOutcome({ ...context, cause }, contest.count)]);
  }
  const reported = contest ? { reportedAt: now().toISOString() } : {};
  const next = JSON.stringify({ ...after, ...reported });
  if (isRemoved && next !== text) {
    const expires = new Date(now().getTime() + CONTEST_MS);
    const { done } = await stateStore.compareAndSet(id, text, next, expires);
    if (!done) return lockedByOther;
  }
  const wait = blocks ? contestWait(after, now()) : null;
  if (wait === null) return null;
  return {
    kind: 'stale',
    staleReads: [`the block was removed ${wait.count} times within an hour`],
    seconds: wait.seconds,
  };
}

const nothing: Removals = { last: [] };

/** Times in the future were not written by the enforcer. */
function has(now: Date) {
  return ({ last, reportedAt }: Removals) =>
    [...last.map(({ at }) => at), ...(reportedAt === undefined ? [] : [reportedAt])].every(
      hasCome(now),
    );
}
