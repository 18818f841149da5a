import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { visible } from '../render/unseen.ts';
import { CLEAR_LINE, LINE_BEGIN, LINE_END } from './progress.ts';
import type { Terminal } from './terminal.ts';

/** The parts of the process that make up a terminal. */
type Streams = Pick<NodeJS.Process, 'stdin' | 'stdout' | 'stderr' | 'env'>;

/** The terminal of the process. It escapes control characters, so that text from AWS cannot control it. */
export function processTerminal(
  { stdin, stdout, stderr, env }: Streams,
  now: () => Date,
): Terminal {
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
    progress: stderr.isTTY,
    readInput: () => text(stdin),
  };
}

/** Escapes a message. A step of the progress bar keeps the control sequences that redraw its line. */
function withProgress(message: string): string {
  if (message === CLEAR_LINE) return message;
  const isProgress = message.startsWith(LINE_BEGIN) && message.endsWith(LINE_END);
  if (!isProgress) return visible(message, true);
  return LINE_BEGIN + visible(message.slice(LINE_BEGIN.length, -LINE_END.length), true) + LINE_END;
}
