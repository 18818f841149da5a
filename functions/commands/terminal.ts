import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { visible } from '../render/terminal-text.ts';
import type { Log } from '../runtime/log.ts';

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
  /** Asks for a secret, which is not shown; answers null to Ctrl-C and Ctrl-D. Null without a terminal. */
  readonly askSecret: ((question: string) => Promise<string | null>) | null;
  /** Whether standard error is a terminal, where progress may be drawn. */
  readonly progress: boolean;
  /** Standard input, to its end. */
  readonly readInput: () => Promise<Uint8Array>;
  /** Waits, between two looks at what AWS does. */
  readonly pause: (ms: number) => Promise<unknown>;
  /**
   * Calls a function once where the person or the system stops the command (SIGINT, SIGTERM, SIGHUP). A second signal ends the
   * process.
   * @returns ends that
   */
  readonly onInterrupt: (stop: () => void) => () => void;
  /** The folder of the release that `deploy` deploys, with its last slash. */
  readonly release: URL;
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

/** A precondition is not met, and nothing was changed. */
export class Refused extends Error {
  override readonly name = 'Refused';
  /** What to do, as lines. Commands among them can be pasted. */
  readonly todo: readonly string[];

  constructor(message: string, ...todo: readonly string[]) {
    super(message);
    this.todo = todo;
  }
}

/** Whether to colour what goes to standard output (no-color.org). */
export function wantsColor({ screen, env }: Terminal): boolean {
  return screen !== null && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
}

/** Where text for a person goes: with --json, standard output has the data only. */
export function textOutput(
  { out, err }: Terminal,
  json: boolean | undefined,
): (text: string) => void {
  return json ? err : out;
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

/** The log of a command, which reports to the terminal. It is not in log.ts, which would bring the Logger into the bundle. */
export const noLog: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** The parts of the process that make up a terminal. */
type Streams = Pick<NodeJS.Process, 'stdin' | 'stdout' | 'stderr' | 'env'> &
  Pick<NodeJS.EventEmitter, 'once' | 'off'>;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The terminal of the process. It escapes control characters, so that text from AWS cannot control it. */
export function processTerminal(streams: Streams, now: () => Date, release: URL): Terminal {
  const { stdin, stdout, stderr, env } = streams;
  const ask = async (question: string): Promise<boolean> => {
    const prompt = createInterface({ input: stdin, output: stderr });
    try {
      return /^y(es)?$/i.test((await prompt.question(visible(question, false))).trim());
    } catch (error) {
      // Ctrl-C and Ctrl-D answer no.
      if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
      stderr.write('\n');
      return false;
    } finally {
      prompt.close();
    }
  };
  const askSecret = async (question: string): Promise<string | null> => {
    stderr.write(visible(question, false));
    // readline shows what is typed on its output, and on nothing else.
    const output = new Writable({ write: (_chunk, _encoding, done) => done() });
    const prompt = createInterface({ input: stdin, output, terminal: true });
    try {
      return await prompt.question('');
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
      return null;
    } finally {
      prompt.close();
      stderr.write('\n');
    }
  };
  // A reader may close the pipe early, as head does. That does not change the exit status.
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  // The SDK's notice about the end of Node 20 support is for developers.
  env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  return {
    env,
    now,
    out: (data) => stdout.write(visible(data, stdout.isTTY)),
    err: (message) => stderr.write(stderr.isTTY ? withProgress(message) : visible(message, false)),
    screen: stdout.isTTY ? { columns: stdout.columns } : null,
    ask: stdin.isTTY && stderr.isTTY ? ask : null,
    askSecret: stdin.isTTY && stderr.isTTY ? askSecret : null,
    progress: stderr.isTTY,
    readInput: () => buffer(stdin),
    pause: sleep,
    onInterrupt: (stop) => {
      const end = () => {
        for (const signal of SIGNALS) streams.off(signal, interrupt);
      };
      const interrupt = () => {
        // Without a listener the next signal ends the process.
        end();
        stop();
      };
      for (const signal of SIGNALS) streams.once(signal, interrupt);
      return end;
    },
    release,
  };
}

/** ECMA-48 sequences: return to the start of the line, erase the rest of the line, and both. */
export const LINE_BEGIN = '\r';
export const LINE_END = '\u001b[K';
export const CLEAR_LINE = LINE_BEGIN + LINE_END;

/** Escapes a message. A step of the progress bar keeps the control sequences that redraw its line. */
function withProgress(message: string): string {
  if (message === CLEAR_LINE) return message;
  const isProgress = message.startsWith(LINE_BEGIN) && message.endsWith(LINE_END);
  if (!isProgress) return visible(message, true);
  return LINE_BEGIN + visible(message.slice(LINE_BEGIN.length, -LINE_END.length), true) + LINE_END;
}
