import { spawn } from 'node:child_process';
import { commandEnv, type HowToRun, type Ran } from './command.ts';

/** The packaged program: `npm run build` makes it. */
export const PROGRAM = 'dist/cli/index.mjs';

/** Runs the packaged program in a process of its own, as a user does. */
export function runProgram(
  endpoint: string,
  args: readonly string[],
  { env, input = '', terminals = [] }: HowToRun = {},
): Promise<Ran> {
  const isTty = terminals.map((name) => `process.${name}.isTTY=true;`).join('');
  const preload = isTty === '' ? [] : ['--import', `data:text/javascript,${isTty}`];
  const begun = Date.now();
  const child = spawn(process.execPath, [...preload, PROGRAM, ...args], {
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
  // A program that does not read its input closes it: EPIPE is no failure.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (status) => done({ status, stdout, stderr, ms: Date.now() - begun }));
  });
}
