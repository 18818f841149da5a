import { mfaEnforcer } from '../../functions/commands/program.ts';
import type { Terminal } from '../../functions/commands/terminal.ts';
import { commandEnv, inEnvironment } from './command.ts';
import { anyRelease } from './release.ts';

/** What a command said to a shell of the test's own. */
export interface Said {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command inside the test's process where the test itself is the terminal: it has the clock and the answers. */
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

/** A shell that is no terminal, and keeps what is said. */
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
    progress: false,
    readInput: async () => '',
    pause: async () => undefined,
    release: anyRelease(),
    ...change,
  };
  return { terminal, out, err };
}
