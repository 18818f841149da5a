/** A service's answer to a message. `problem` says what was answered, without secrets and names of users. */
export type Posted =
  | { readonly kind: 'taken' }
  /** Nothing may be posted before so many seconds have passed. */
  | { readonly kind: 'wait'; readonly seconds: number; readonly why: string }
  /** Another try may succeed. `reached`: the answer is from the service, not from a proxy or a gateway. */
  | { readonly kind: 'try-again'; readonly problem: string; readonly reached: boolean }
  /** Another try cannot succeed. */
  | { readonly kind: 'refused'; readonly problem: string };

/** The longest wait before the next post, 11 hours: SQS hides a message for 12 hours at most. */
export const LONGEST_PAUSE_SECONDS = 39_600;
