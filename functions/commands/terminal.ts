/** A command's access to the outside. It is passed in, so that a test can replace it. */
export interface Terminal {
  /** The process's own environment, which the SDK reads, too. */
  readonly env: Record<string, string | undefined>;
  readonly now: () => Date;
  /** Data, on standard output. */
  readonly out: (text: string) => void;
  /** Messages for a person, on standard error. */
  readonly err: (text: string) => void;
  /** The width of the terminal; null if standard output is not a terminal. */
  readonly screen: { readonly columns: number } | null;
  /** Asks a yes-or-no question; null without a terminal. */
  readonly ask: ((question: string) => Promise<boolean>) | null;
  /** Whether standard error is a terminal, where progress may be drawn. */
  readonly progress: boolean;
  readonly readInput: () => Promise<string>;
}

/** A command's exit status. */
export const statuses = {
  /** No findings. */
  clean: 0,
  /** Findings, or some changes could not be made. */
  findings: 1,
  /** Usage error. */
  usage: 2,
  /** Incomplete: some data could not be read. */
  blind: 3,
} as const;
export type Status = (typeof statuses)[keyof typeof statuses];

/** Runs a command and keeps its exit status for the process. */
export type Run = (command: () => Promise<Status>) => Promise<void>;

/** A usage error. The message says what to do. */
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
 * Asks for confirmation before a change.
 * @returns whether to continue
 * @throws UsageError without a terminal and without --yes
 */
export async function confirm(
  { ask, err }: Terminal,
  yes: boolean | undefined,
  question: string,
): Promise<boolean> {
  if (yes) return true;
  if (ask === null) {
    throw new UsageError(
      `${question} There is no terminal to confirm at: pass --yes to continue. Nothing was changed.`,
    );
  }
  const answer = await ask(`${question} [y/N] `);
  if (!answer) err('Nothing was changed.\n');
  return answer;
}
