import * as z from 'zod';
import { stateKeys } from '../../../events/state-keys.ts';
import { contestedOutcome, type OutcomeContext } from '../../domain/outcomes/outcomes.ts';
import { CONTEST_MS, contestOf, type Removals, withRemovals } from '../../domain/review/contest.ts';
import type { ReviewTask } from '../../domain/review/tasks.ts';
import { hasCome, readStored } from '../state-store.ts';
import type { ReviewDeps } from './review-deps.ts';
import { lockedByOther, type ReviewResult } from './review-result.ts';

const StoredRemovals = z.object({
  last: z.array(z.object({ eventId: z.string(), at: z.iso.datetime(), by: z.string() })),
  reportedAt: z.iso.datetime().optional(),
});

/**
 * Delays a block that an actor removes again and again, and reports the fight once an hour.
 * @returns when to read again; null to block the user now
 * @throws the error of the state store or of the publication
 */
export async function waitInContest(
  { stateStore, settings, now, publish, log }: ReviewDeps,
  { changes }: ReviewTask,
  context: OutcomeContext,
): Promise<ReviewResult | null> {
  // Observe mode blocks no user, so nothing can be removed again.
  if (settings.mode === 'observe') return null;
  // Most blocks answer no removal, and cost no call.
  if (withRemovals(nothing, changes, settings, now()).last.length === 0) return null;
  const id = stateKeys.removals(settings.account, context.user);
  const text = await stateStore.get(id);
  const before = readStored(text, { id, schema: StoredRemovals, isPossible: has(now()), log });
  const after = withRemovals(before ?? nothing, changes, settings, now());
  const contest = contestOf(after, changes, now());
  if (contest?.isNew) {
    const { cause } = contest.change;
    await publish([contestedOutcome({ ...context, cause }, contest.count)]);
  }
  const reported = contest?.isNew ? { reportedAt: now().toISOString() } : {};
  const next = JSON.stringify({ ...after, ...reported });
  if (next !== text) {
    const expires = new Date(now().getTime() + CONTEST_MS);
    const { done } = await stateStore.compareAndSet(id, text, next, expires);
    if (!done) return lockedByOther;
  }
  if (contest === null || contest.seconds === 0) return null;
  return {
    kind: 'stale',
    staleReads: [`the block was removed ${contest.count} times within an hour`],
    seconds: contest.seconds,
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
