import { stateKeys } from '../../../events/state-keys.ts';
import { deletionPause } from '../../domain/review/deletion-pause.ts';
import type { ReviewTask } from '../../domain/review/tasks.ts';
import type { ReviewDeps } from './review-deps.ts';
import { lockedByOther, type ReviewResult } from './review-result.ts';

// Longer than one day: a user is paused once a day.
const REMEMBERED_MS = 2 * 24 * 60 * 60_000;

/**
 * Delays the block of a user that an administrator may be about to delete. All reviews of the user wait, because a deletion
 * makes several events.
 * @param user the user to block
 * @returns when to read again; null to block the user now
 * @throws the error of the state store
 */
export async function pauseForDeletion(
  { stateStore, settings, now }: ReviewDeps,
  { changes }: ReviewTask,
  user: string,
): Promise<ReviewResult | null> {
  // Observe mode blocks nobody, so nothing delays a deletion.
  if (settings.mode === 'observe') return null;
  const id = stateKeys.deletionPause(settings.account, user);
  const remembered = await stateStore.get(id);
  const pause = deletionPause(changes, remembered, settings, now());
  if (pause === null) return null;
  if (pause.since !== remembered) {
    const expires = new Date(now().getTime() + REMEMBERED_MS);
    const { done } = await stateStore.compareAndSet(id, remembered, pause.since, expires);
    if (!done) return lockedByOther;
  }
  return {
    kind: 'stale',
    staleReads: ['an administrator removed a block method, and may delete the user'],
    seconds: pause.seconds,
  };
}
