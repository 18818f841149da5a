/** SQS hides a message for at most 12 hours. 15 minutes are long enough to wait for a service. */
const LONGEST_SECONDS = 900;

/**
 * The wait after a message's n-th failed try. It doubles from 5 s to 15 min.
 * @param receives SQS's ApproximateReceiveCount, 1 at the first
 */
export function backoffSeconds(receives: number): number {
  return Math.min(LONGEST_SECONDS, 5 * 2 ** Math.min(receives - 1, 20));
}

/**
 * The additional wait of a postponed message. It grows with the number of receives, so that many messages spread out. At
 * most 5 min.
 */
export function spreadSeconds(receives: number): number {
  return Math.min(300, 2 * receives);
}

const TOGETHER_SECONDS = 5;

/**
 * Extends a wait to the clock's next multiple of five seconds, so that messages that were postponed one after the other
 * become visible together and are posted as one digest.
 */
export function togetherSeconds(seconds: number, now: Date): number {
  const at = now.getTime() / 1000 + seconds;
  return seconds + (Math.ceil(at / TOGETHER_SECONDS) * TOGETHER_SECONDS - at);
}
