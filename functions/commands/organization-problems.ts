import type { Reason } from '../../events/outcome.ts';
import { AccountUnreachable } from '../pipeline/accounts/account-unreachable.ts';
import { TooSlow } from '../pipeline/organization/ending-at.ts';
import { problemOf } from './problems.ts';

/** Codes of what may be told apart by whoever reads the report by program; all else is "other". */
const codes: Readonly<Record<string, string>> = {
  AccessDenied: 'denied',
  AccessDeniedException: 'denied',
  Throttling: 'throttled',
  ThrottlingException: 'throttled',
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
    const spoke = error.code === 'role-not-assumable' ? ' (is its spoke deployed?)' : '';
    return { code: error.code, text: error.why + spoke };
  }
  const name = error instanceof Error ? error.name : '';
  return { code: codes[name] ?? 'other', text: problemOf(error).text };
}
