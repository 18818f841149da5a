import { dueTogether } from '../../domain/review/refused-users.ts';

/** SQS hides a message for at most 12 hours. 15 minutes are long enough to wait for a service. */
const LONGEST_SECONDS = 900;

/**
 * The wait after a message's n-th failed try. It doubles from 5 s to 15 min, and is shortened by up to a half: messages that
 * failed together come back apart, so that the one that Slack never accepts does not keep the others back for ever.
 * @param receives SQS's ApproximateReceiveCount, 1 at the first
 * @param random from 0 to 1
 */
export function backoffSeconds(receives: number, random: number): number {
  return Math.min(LONGEST_SECONDS, 5 * 2 ** Math.min(receives - 1, 20)) * (0.5 + random / 2);
}

/**
 * The additional wait of a postponed message. It grows with the number of receives, so that many messages spread out. At
 * most 5 min.
 */
export function spreadSeconds(receives: number): number {
  return Math.min(300, 2 * receives);
}

/**
 * Extends a wait to the clock's next multiple of five seconds, or of a minute if the wait is longer than that, so that
 * messages that failed or were postponed one after the other become visible together and are posted as one digest.
 */
export function togetherSeconds(seconds: number, now: Date): number {
  return dueTogether(seconds, seconds > 60 ? 60 : 5, now);
}
