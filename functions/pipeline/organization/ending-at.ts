import type { IAMClient } from '@aws-sdk/client-iam';

/** An account was not read in the time it was given. */
export class TooSlow extends Error {
  override readonly name = 'TooSlow';
}

/**
 * Lets a client make no more calls from a time on: they throw TooSlow. A call that is under way then still ends by its
 * own time-outs.
 * @param until ms since 1970
 */
export function endingAt(iam: IAMClient, until: number, now: () => Date): IAMClient {
  iam.middlewareStack.add((next) => (args) => {
    if (now().getTime() < until) return next(args);
    throw new TooSlow('it was not read in the time that an account is given');
  });
  return iam;
}
