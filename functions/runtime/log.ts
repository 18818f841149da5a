import { Logger } from '@aws-lambda-powertools/logger';

/** The pipeline's log: a sentence and named values, never a message body or a secret. */
export type Log = Pick<Logger, 'info' | 'warn' | 'error'>;

/** The log of an entry point, as JSON lines. POWERTOOLS_LOG_LEVEL sets the level. */
export function createLog(serviceName: string): Log {
  return new Logger({ serviceName });
}
