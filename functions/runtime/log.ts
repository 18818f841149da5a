import { Logger } from '@aws-lambda-powertools/logger';
import { visible } from '../render/terminal-text.ts';

/** The pipeline's log: a sentence and named values, never a message body or a secret. */
export type Log = Pick<Logger, 'info' | 'warn' | 'error'>;

/**
 * The log of an entry point, as JSON lines. POWERTOOLS_LOG_LEVEL sets the level.
 * A text from outside, such as an actor's session name or an error of AWS, can neither begin a line nor steer the
 * reader's terminal: JSON.stringify escapes line breaks, but not the other control characters of UNSEEN.
 */
export function createLog(serviceName: string): Log {
  return new Logger({
    serviceName,
    jsonReplacerFn: (_key, value) => (typeof value === 'string' ? visible(value, false) : value),
  });
}
