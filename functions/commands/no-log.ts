import type { Log } from '../runtime/log.ts';

/** The log of a command, which reports to the terminal. It is not in log.ts, which would bring the Logger into the bundle. */
export const noLog: Log = { info: () => {}, warn: () => {}, error: () => {} };
