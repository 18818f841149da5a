import { mfaEnforcer } from '../../functions/commands/program.ts';
import type { Terminal } from '../../functions/commands/terminal.ts';
import { commandEnv, inEnvironment } from './command.ts';
import { anyRelease } from './release.ts';

/** The output of a command in a shell of the test. */
export interface Said {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command inside the test's process. The test is its terminal, and has the clock and the answers. */
export function say(
  endpoint: string,
  args: readonly string[],
  change: Partial<Terminal> = {},
): Promise<Said> {
  const env = commandEnv(endpoint, change.env);
  const { terminal, out, err } = terminalOf({ ...change, env });
  return inEnvironment(env, async () => {
    const status = await mfaEnforcer(terminal, args);
    return { status, stdout: out.join(''), stderr: err.join('') };
  });
}

/** A shell that is no terminal, and records the output. */
export function terminalOf(change: Partial<Terminal> = {}): {
  readonly terminal: Terminal;
  readonly out: readonly string[];
  readonly err: readonly string[];
} {
  const out: string[] = [];
  const err: string[] = [];
  const terminal: Terminal = {
    env: {},
    now: () => new Date(),
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    screen: null,
    ask: null,
    askSecret: null,
    progress: false,
    readInput: async () => Buffer.from(''),
    pause: async () => undefined,
    onInterrupt: () => () => undefined,
    release: anyRelease(),
    ...change,
  };
  return { terminal, out, err };
}
