import { accessDenied, serviceFailure, throttled, timedOut } from '../fakes/memory-iam.ts';
import type { CallFault } from './fault-profile.ts';

/** The error that the SDK throws for a fault after its own tries. */
export function errorOf(fault: Exclude<CallFault, 'death before' | 'death after'>): Error {
  switch (fault) {
    case 'throttled':
      return throttled();
    case 'access denied':
      return accessDenied();
    case 'server error before':
    case 'server error after':
      return serviceFailure();
    case 'time-out before':
    case 'time-out after':
      return timedOut();
    case 'reset before':
    case 'reset after':
      return Object.assign(new Error('socket hang up'), { name: 'ECONNRESET' });
    default:
      return fault satisfies never;
  }
}

/** The SDK's standard mode tries these again. */
export const isRetried = (fault: CallFault) => fault !== 'access denied';

/** IAM's temporary answers of status 409: nothing was done, and the same call succeeds later. */
export const isConflictError = ({ name }: Error) =>
  /^(ConcurrentModification|EntityTemporarilyUnmodifiable)Exception$/.test(name);
