import { devNull } from 'node:os';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { mfaEnforcer } from '../../functions/commands/program.ts';
import { processTerminal } from '../../functions/commands/terminal.ts';
import { anyRelease } from './release.ts';

/** The result of a run of the program. */
export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

export interface HowToRun {
  /** Changes of the usual environment. Undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Standard input. */
  readonly input?: string;
  /** Streams that look like terminals to the program. */
  readonly terminals?: readonly ('stdin' | 'stdout' | 'stderr')[];
  /** The release that `deploy` deploys, if it is not the packaged one. */
  readonly release?: URL;
  /** The clock, if it is not the real one. */
  readonly now?: () => Date;
}

/** The environment of a run: invalid credentials, and no variable of the person who runs the tests. */
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

/**
 * Runs the program from its sources, inside the test's process, with streams of its own. test/fakes/program.ts has the
 * packaged program.
 */
export function run(endpoint: string, args: readonly string[], how: HowToRun = {}): Promise<Ran> {
  const { env, input = '', terminals = [], now = () => new Date() } = how;
  const stream = (name: 'stdout' | 'stderr') =>
    Object.assign(new PassThrough(), { isTTY: terminals.includes(name) });
  const stdin = Object.assign(Readable.from([input]), { isTTY: terminals.includes('stdin') });
  const [stdout, stderr] = [stream('stdout'), stream('stderr')];
  return inEnvironment(commandEnv(endpoint, env), async () => {
    const begun = Date.now();
    const message = Promise.all([text(stdout), text(stderr)]);
    const terminal = { stdin, stdout, stderr, env: process.env } as never;
    const status = await mfaEnforcer(
      processTerminal(terminal, now, how.release ?? anyRelease()),
      args,
    );
    stdout.end();
    stderr.end();
    const [out, err] = await message;
    return { status, stdout: out, stderr: err, ms: Date.now() - begun };
  });
}

let lastRun: Promise<unknown> = Promise.resolve();

/**
 * Runs a command with this environment and no other. One command at a time: the SDK reads process.env, and a process has
 * only one.
 */
export function inEnvironment<T>(
  env: Readonly<Record<string, string>>,
  command: () => Promise<T>,
): Promise<T> {
  const result = lastRun.then(async () => {
    const before = { ...process.env };
    replaceEnvironment(env);
    try {
      return await command();
    } finally {
      replaceEnvironment(before);
    }
  });
  lastRun = result.catch(() => undefined);
  return result;
}

function replaceEnvironment(env: Readonly<Record<string, string | undefined>>): void {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
}
