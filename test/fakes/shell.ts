import { mfaEnforcer } from '../../functions/commands/program.ts';
import type { Shell } from '../../functions/commands/terminal.ts';
import { commandEnv, inEnvironment } from './command.ts';

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
  change: Partial<Shell> = {},
): Promise<Said> {
  const env = commandEnv(endpoint, change.env);
  const { shell, out, err } = shellOf({ ...change, env });
  return inEnvironment(env, async () => {
    const status = await mfaEnforcer(shell, args);
    return { status, stdout: out.join(''), stderr: err.join('') };
  });
}

/** A shell that is no terminal, and keeps what is said. */
export function shellOf(change: Partial<Shell> = {}): {
  readonly shell: Shell;
  readonly out: readonly string[];
  readonly err: readonly string[];
} {
  const out: string[] = [];
  const err: string[] = [];
  const shell: Shell = {
    env: {},
    now: () => new Date(),
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    terminal: null,
    ask: null,
    progress: false,
    readInput: async () => '',
    ...change,
  };
  return { shell, out, err };
}
