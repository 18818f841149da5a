import * as z from 'zod';
import { stateKeys } from '../../../events/state-keys.ts';
import { LONGEST_PAUSE_MS } from '../../io/slack.ts';
import { tableStateStore } from '../state-store.ts';
import { CLOCK_SKEW_MS, readStored } from '../stored-entries.ts';
import type { NotifyDeps } from './notify-deps.ts';

// Only one instance of the function posts at a time. Otherwise the Retry-After of a 429 could not be respected.
const SEND_LOCK = stateKeys.sendLock();
// The function's timeout is 60 s, so a lock of a crashed instance expires after the instance could have ended.
const TURN_MS = 65_000;
const WAIT_FOR_TURN_MS = 8_000;
const LOOK_AGAIN_MS = 400;

/** Without an owner it is a pause: no instance may post until then. */
const StoredLock = z.object({ owner: z.string().optional(), until: z.iso.datetime() });

/** The send lock, or when to try again. */
export type SendLock =
  | { readonly acquired: true; readonly release: (freeFrom: Date) => Promise<void> }
  | { readonly acquired: false; readonly until: Date };

/**
 * Acquires the send lock, and waits a few seconds for it: the other instance is soon done, and postponed messages would
 * arrive in smaller batches.
 * @param owner names this invocation, no two alike
 * @returns the lock; release() says when the next message may be posted, by any instance
 */
export async function acquireSendLock(
  { dynamo, config, now, sleep, log }: NotifyDeps,
  owner: string,
): Promise<SendLock> {
  const store = tableStateStore(dynamo, config.stateTable);
  const giveUp = now().getTime() + WAIT_FOR_TURN_MS;
  for (;;) {
    const at = now().getTime();
    const before = await store.get(SEND_LOCK);
    const isPossible = ({ owner, until }: z.infer<typeof StoredLock>) =>
      Date.parse(until) <= at + (owner === undefined ? LONGEST_PAUSE_MS : TURN_MS) + CLOCK_SKEW_MS;
    const lock = readStored(before, { id: SEND_LOCK, schema: StoredLock, isPossible, log });
    const until = lock === null ? at : Date.parse(lock.until);
    if (until <= at) {
      const end = new Date(at + TURN_MS);
      const own = JSON.stringify({ owner, until: end.toISOString() });
      const { done } = await store.compareAndSet(SEND_LOCK, before, own, end);
      if (done) {
        const release = async (freeFrom: Date) => {
          const pause = JSON.stringify({ until: freeFrom.toISOString() });
          // Where the lock has expired, another instance may have it: then it stays as it is.
          await store.compareAndSet(SEND_LOCK, own, pause, freeFrom);
        };
        return { acquired: true, release };
      }
    }
    // In use, be it since this moment.
    const inUse = until <= at || lock?.owner !== undefined;
    const left = giveUp - now().getTime();
    if (left <= 0) return { acquired: false, until: inUse ? now() : new Date(until) };
    // A pause that Slack asked for is longer: the messages wait for it in the queue.
    const pause = until - now().getTime();
    if (!inUse && pause > left) return { acquired: false, until: new Date(until) };
    await sleep(inUse ? LOOK_AGAIN_MS : Math.max(1, pause));
  }
}
