/** What a command sees of the outside: passed in, so that a test can be the terminal. */
export interface Terminal {
  /** The SDK reads the process's own: what is set here counts there. */
  readonly env: Record<string, string | undefined>;
  readonly now: () => Date;
  /** Data, on standard output. */
  readonly out: (text: string) => void;
  /** Everything for a person beside the data, on standard error. */
  readonly err: (text: string) => void;
  /** Standard output is a terminal of that width; null where it is not one. */
  readonly screen: { readonly columns: number } | null;
  /** Asks a person a yes-or-no question; null where there is nobody to ask. */
  readonly ask: ((question: string) => Promise<boolean>) | null;
  /** Standard error is a terminal: progress may be drawn there. */
  readonly progress: boolean;
  readonly readInput: () => Promise<string>;
}

/** A command's exit status. */
export const statuses = {
  /** Nothing to complain of. */
  clean: 0,
  /** Something was found, or not all could be done. */
  findings: 1,
  /** It was used wrongly. */
  usage: 2,
  /** It could not see everything, so it says nothing about what it did not see. */
  blind: 3,
} as const;
export type Status = (typeof statuses)[keyof typeof statuses];

/** Runs a command, and keeps its exit status for the process. */
export type Run = (command: () => Promise<Status>) => Promise<void>;

/** It was used wrongly: the message says how to use it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Whether to colour what goes to standard output (no-color.org). */
export function wantsColor({ screen, env }: Terminal): boolean {
  return screen !== null && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
}

const NO_TERMINAL_COLUMNS = 100;

/** Columns of a line for a person. */
export function columnsOf({ screen }: Terminal): number {
  return screen?.columns ?? NO_TERMINAL_COLUMNS;
}

/**
 * Asks before something is changed.
 * @returns whether to go on
 * @throws UsageError where there is nobody to ask and --yes was not given
 */
export async function confirm(
  { ask, err }: Terminal,
  yes: boolean | undefined,
  question: string,
): Promise<boolean> {
  if (yes) return true;
  if (ask === null) {
    throw new UsageError(
      `${question} There is no terminal to ask at: say --yes to go on. Nothing was changed.`,
    );
  }
  const answer = await ask(`${question} [y/N] `);
  if (!answer) err('Nothing was changed.\n');
  return answer;
}
