import { spawn } from 'node:child_process';
import { devNull } from 'node:os';
import { it } from 'vitest';

/** What a run of the program left behind. */
export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

export interface HowToRun {
  /** What differs from the usual environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What comes in on standard input. */
  readonly input?: string;
  /** Streams that look like terminals to the program. */
  readonly terminals?: readonly ('stdin' | 'stdout' | 'stderr')[];
}

/** Whether the program runs within this process, for mutants. */
const within = process.env.RUN_WITHIN === 'yes';

/** A test that waits as a person would: thousands of mutants do not. */
export const inRealTime = it.skipIf(within);

export const CLI = 'dist/cli/index.mjs';

/** The environment of a run: credentials that are none, and nothing of whoever runs the tests. */
export function commandEnv(endpoint: string, change: HowToRun['env'] = {}): Record<string, string> {
  const env: Record<string, string | undefined> = {
    PATH: process.env.PATH,
    // Windows starts no program without it.
    SystemRoot: process.env.SystemRoot,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_REGION: 'us-east-1',
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    ...change,
  };
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** Runs the program as it is shipped, in a process of its own; but for mutants, within this one. */
export async function run(
  endpoint: string,
  args: readonly string[],
  how: HowToRun = {},
): Promise<Ran> {
  const { env, input = '', terminals = [] } = how;
  if (within) {
    const { runWithin } = await import('./command-within.ts');
    return runWithin(commandEnv(endpoint, env), args, how);
  }
  const isTty = terminals.map((name) => `process.${name}.isTTY=true;`).join('');
  const preload = isTty === '' ? [] : ['--import', `data:text/javascript,${isTty}`];
  const begun = Date.now();
  const child = spawn(process.execPath, [...preload, CLI, ...args], {
    env: commandEnv(endpoint, env),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // Who does not read gets EPIPE: that is the program's right.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (status) => done({ status, stdout, stderr, ms: Date.now() - begun }));
  });
}
