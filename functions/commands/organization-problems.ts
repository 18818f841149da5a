import type { Reason } from '../../events/outcome.ts';
import { AccountUnreachable } from '../pipeline/accounts/account-unreachable.ts';
import { TooSlow } from '../pipeline/report/each-account.ts';
import { problemOf } from './problems.ts';

/** What may be told apart by whoever reads the report by program; all else is "other". */
const kinds: Readonly<Record<string, 'denied' | 'throttled' | 'no-answer'>> = {
  AccessDenied: 'denied',
  AccessDeniedException: 'denied',
  Throttling: 'throttled',
  ThrottlingException: 'throttled',
  ThrottledException: 'throttled',
  TooManyRequestsException: 'throttled',
  RequestLimitExceeded: 'throttled',
  TimeoutError: 'no-answer',
};

/**
 * Why an account could not be read, in words that say what to do.
 * @param error anything that was thrown
 */
export function reasonNotRead(error: unknown): Reason {
  if (error instanceof TooSlow) {
    const text = `${error.message} (--time-limit): it has very many users, or throttles`;
    return { code: 'too-slow', text };
  }
  if (error instanceof AccountUnreachable) {
    if (error.code === 'other' && error.cause !== undefined) return reasonNotRead(error.cause);
    const spoke =
      error.code === 'role-not-assumable'
        ? ' (is its spoke deployed, and do you run this as the hub’s report role?)'
        : '';
    return { code: error.code, text: error.why + spoke };
  }
  const { name, command } = (error instanceof Error ? error : {}) as Partial<Error> & {
    /** The action that failed, where our client knows it. */
    readonly command?: string;
  };
  const call = command ?? 'a call';
  const kind = kinds[name ?? ''];
  switch (kind) {
    case 'denied': {
      const spoke =
        'deploy its spoke again, or look for a policy of the organization that denies it';
      return { code: kind, text: `AWS denies ${call}: ${spoke}` };
    }
    case 'throttled':
      return { code: kind, text: `AWS throttles ${call}, also after several tries` };
    case 'no-answer':
      return { code: kind, text: `AWS did not answer ${call} in time, also after several tries` };
    case undefined:
      return { code: 'other', text: problemOf(error).text };
    default:
      return kind satisfies never;
  }
}
