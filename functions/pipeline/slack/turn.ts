import { endLease } from '../../io/memory/end-lease.ts';
import { takeLease } from '../../io/memory/take-lease.ts';
import type { Messenger } from './messenger.ts';

// Only one copy of the function posts at a time, or 429's Retry-After could not be kept.
const TURN = 'slack-turn';
// The function's timeout is 60 s: a copy that dies keeps the turn no longer than it could have lived.
const TURN_MS = 65_000;
const WAIT_FOR_TURN_MS = 8_000;
const LOOK_AGAIN_MS = 400;
/**
 * Waits a little for the turn: the other copy is soon done, and messages that go back to the queue come again in
 * ones and twos instead of together.
 * @returns null where the turn is ours, else when to come again
 */
export async function takeTurn(
  { dynamo, config, now, sleep }: Messenger,
  owner: string,
): Promise<Date | null> {
  const giveUp = now().getTime() + WAIT_FOR_TURN_MS;
  for (;;) {
    const at = now();
    const until = new Date(at.getTime() + TURN_MS);
    const inTheWay = await takeLease(dynamo, config.memoryTable, TURN, owner, at, until);
    if (inTheWay === null) return null;
    const left = giveUp - now().getTime();
    if (left <= 0) return inTheWay.inUse ? now() : inTheWay.until;
    // A pause that Slack asked for is not slept away.
    const pause = inTheWay.until.getTime() - now().getTime();
    if (!inTheWay.inUse && pause > left) return inTheWay.until;
    await sleep(inTheWay.inUse ? LOOK_AGAIN_MS : Math.max(1, pause));
  }
}

/** Gives the turn back. @param freeFrom when the next message may be posted, by whichever copy */
export async function endTurn(
  { dynamo, config }: Messenger,
  owner: string,
  freeFrom: Date,
): Promise<void> {
  await endLease(dynamo, config.memoryTable, TURN, owner, freeFrom);
}
