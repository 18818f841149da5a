/** SQS hides a message for 12 hours at most; 15 minutes are long enough to wait for a service. */
const LONGEST_SECONDS = 900;

/**
 * How long a message waits after its n-th failed try, doubling from 5 s to 15 min.
 * @param receives SQS's ApproximateReceiveCount, 1 at the first
 */
export function backoffSeconds(receives: number): number {
  return Math.min(LONGEST_SECONDS, 5 * 2 ** Math.min(receives - 1, 20));
}

/**
 * How much longer a message waits that only found others before it: the longer it has waited, the more, so that
 * a crowd spreads out and no tries are wasted. At most 5 min.
 */
export function spreadSeconds(receives: number): number {
  return Math.min(300, 2 * receives);
}

const TOGETHER_SECONDS = 5;

/**
 * Lengthens a wait to the clock's next multiple of five seconds: messages that were postponed one after the other
 * come back together, and make one digest.
 */
export function togetherSeconds(seconds: number, now: Date): number {
  const at = now.getTime() / 1000 + seconds;
  return seconds + (Math.ceil(at / TOGETHER_SECONDS) * TOGETHER_SECONDS - at);
}
