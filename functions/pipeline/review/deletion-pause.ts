import { nameKey } from '../../../events/names.ts';
import { deletionPause } from '../../domain/review/deletion-pause.ts';
import type { ReviewTask } from '../../domain/review/tasks.ts';
import { lockedByOther, type Reviewer, type ReviewResult } from './review-result.ts';

// Longer than the day in which there is one pause.
const REMEMBERED_MS = 2 * 24 * 60 * 60_000;

/**
 * Waits with blocking a user whom an administrator may be about to delete. All reviews of the user wait, whatever asks for
 * them: a deletion makes several events.
 * @param user who is to be blocked
 * @returns when to look again; null where the user is to be blocked now
 * @throws whatever the memory throws
 */
export async function pauseForDeletion(
  { stateStore, settings, now }: Pick<Reviewer, 'stateStore' | 'settings' | 'now'>,
  { changes }: ReviewTask,
  user: string,
): Promise<ReviewResult | null> {
  // In observe mode nothing is done that would be in the way.
  if (settings.mode === 'observe') return null;
  const id = `actions/${settings.account}/${nameKey(user)}/pause`;
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
