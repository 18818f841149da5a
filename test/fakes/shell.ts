import { vi } from 'vitest';
import { mfaEnforcer } from '../../functions/commands/program.ts';
import type { Shell } from '../../functions/commands/shell.ts';
import { commandEnv } from './command.ts';

/** What a command said to a shell of the test's own. */
export interface Said {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command inside the test: much faster than a process, and the test can be the terminal. One at a time: the
 * SDK reads the one environment that there is.
 */
export async function say(
  endpoint: string,
  args: readonly string[],
  change: Partial<Shell> = {},
): Promise<Said> {
  const env = commandEnv(endpoint, change.env);
  vi.unstubAllEnvs();
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  let stdout = '';
  let stderr = '';
  const shell: Shell = {
    now: () => new Date(),
    out: (text) => {
      stdout += text;
    },
    err: (text) => {
      stderr += text;
    },
    terminal: null,
    ask: null,
    progress: false,
    readInput: async () => '',
    ...change,
    env,
  };
  return { status: await mfaEnforcer(shell, args), stdout, stderr };
}
