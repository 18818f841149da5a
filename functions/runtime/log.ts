import { Logger } from '@aws-lambda-powertools/logger';

/** What the pipeline writes its log with: a sentence and named values, never a message body or a secret. */
export type Log = Pick<Logger, 'info' | 'warn' | 'error'>;

/** The log of an entry point, as JSON lines. Level by POWERTOOLS_LOG_LEVEL. */
export function createLog(serviceName: string): Log {
  return new Logger({ serviceName });
}
