import { createInterface } from 'node:readline/promises';
import type { Shell } from '../../functions/commands/shell.ts';
import { organization } from './program.ts';

const { stdin, stdout, stderr, env } = process;

async function ask(question: string): Promise<boolean> {
  const prompt = createInterface({ input: stdin, output: stderr });
  try {
    return /^y(es)?$/i.test((await prompt.question(question)).trim());
  } finally {
    prompt.close();
  }
}

const shell: Shell = {
  env,
  now: () => new Date(),
  out: (data) => stdout.write(data),
  err: (message) => stderr.write(message),
  terminal: stdout.isTTY ? { columns: stdout.columns } : null,
  ask: stdin.isTTY && stderr.isTTY ? ask : null,
  progress: stderr.isTTY,
  readInput: () => Promise.resolve(''),
};

process.exitCode = await organization(shell, process.argv.slice(2));
