import { LONGEST_PAUSE_SECONDS } from '../../domain/notify/posted.ts';
import { endLease, takeLease } from '../../io/dynamodb.ts';
import { CLOCK_SKEW_MS } from '../state-store.ts';
import type { NotifyDeps } from './channel.ts';

// The function's timeout is 60 s, so a lock of a crashed instance expires after the instance could have ended.
const TURN_MS = 65_000;
const WAIT_FOR_TURN_MS = 8_000;
const LOOK_AGAIN_MS = 400;

/**
 * Acquires the send lock. One instance of a function posts at a time: otherwise the Retry-After of a 429 could not be
 * respected, and two instances could each send a user's one mail of a day. It waits a few seconds for the lock, because the
 * other instance is soon done, and postponed messages would arrive in smaller batches.
 * @returns null with the lock acquired, else when to try again
 */
export async function acquireSendLock(
  { dynamo, config, now, sleep, log }: NotifyDeps,
  key: string,
  owner: string,
): Promise<Date | null> {
  const giveUp = now().getTime() + WAIT_FOR_TURN_MS;
  for (;;) {
    const at = now();
    const later = (ms: number) => new Date(at.getTime() + ms);
    const longest = {
      inUse: later(TURN_MS + CLOCK_SKEW_MS),
      paused: later(LONGEST_PAUSE_SECONDS * 1000 + CLOCK_SKEW_MS),
    };
    const lease = await takeLease(
      dynamo,
      config.stateTable,
      key,
      owner,
      at,
      later(TURN_MS),
      longest,
    );
    if (lease.taken) {
      if (lease.wasImpossible) {
        log.error('an entry of the state table is invalid and counts as absent', {
          id: key,
        });
      }
      return null;
    }
    const left = giveUp - now().getTime();
    if (left <= 0) return lease.inUse ? now() : lease.until;
    // A pause that Slack asked for is longer: the messages wait for it in the queue.
    const pause = lease.until.getTime() - now().getTime();
    if (!lease.inUse && pause > left) return lease.until;
    await sleep(lease.inUse ? LOOK_AGAIN_MS : Math.max(1, pause));
  }
}

/** Releases the send lock. @param freeFrom when the next message may be posted, by any instance */
export async function releaseSendLock(
  { dynamo, config }: NotifyDeps,
  key: string,
  owner: string,
  freeFrom: Date,
): Promise<void> {
  await endLease(dynamo, config.stateTable, key, owner, freeFrom);
}
