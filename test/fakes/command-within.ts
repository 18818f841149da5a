import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { terminalShell } from '../../functions/commands/process-terminal.ts';
import { mfaEnforcer } from '../../functions/commands/program.ts';
import type { HowToRun, Ran } from './command.ts';

let turn: Promise<unknown> = Promise.resolve();

/**
 * Runs the program from its sources within this process, where Stryker can break it. One at a time: the SDK reads the one
 * environment that there is.
 * @param env the whole environment of the program
 */
export function runWithin(
  env: Readonly<Record<string, string>>,
  args: readonly string[],
  how: HowToRun,
): Promise<Ran> {
  const ran = turn.then(() => runNow(env, args, how));
  turn = ran.catch(() => undefined);
  return ran;
}

async function runNow(
  env: Readonly<Record<string, string>>,
  args: readonly string[],
  { input = '', terminals = [] }: HowToRun,
): Promise<Ran> {
  const stream = (name: 'stdout' | 'stderr') =>
    Object.assign(new PassThrough(), { isTTY: terminals.includes(name) });
  const stdin = Object.assign(Readable.from([input]), { isTTY: terminals.includes('stdin') });
  const [stdout, stderr] = [stream('stdout'), stream('stderr')];
  const before = { ...process.env };
  const begun = Date.now();
  try {
    replaceEnv(env);
    const terminal = { stdin, stdout, stderr, env: process.env } as never;
    const said = Promise.all([text(stdout), text(stderr)]);
    const status = await mfaEnforcer(
      terminalShell(terminal, () => new Date()),
      args,
    );
    stdout.end();
    stderr.end();
    const [out, err] = await said;
    return { status, stdout: out, stderr: err, ms: Date.now() - begun };
  } finally {
    replaceEnv(before);
  }
}

function replaceEnv(env: Readonly<Record<string, string | undefined>>): void {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
}
