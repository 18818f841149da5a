import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';

/** A program written in Python, with the release that this project was tested with. */
interface PythonTool {
  readonly program: string;
  /** The name of its folder in .cache. */
  readonly name: string;
  /** pip's requirement, e.g. "moto[server]==5.2.1". */
  readonly requirement: string;
}

/** The command that starts it. */
export interface Found {
  readonly command: string;
  readonly args: readonly string[];
  readonly how: string;
}

/** A tool was not found and could not be installed. The message is a line that says how to install it. */
export class NoPythonTool extends Error {
  override readonly name = 'NoPythonTool';
}

/**
 * Finds a program written in Python: on PATH in any release, else with uv or pipx, else in a virtual environment that is
 * created once.
 * @throws NoPythonTool
 */
export async function findPythonTool(tool: PythonTool): Promise<Found> {
  const { program, name, requirement } = tool;
  if (onPath(program)) return { command: program, args: [], how: `${program} on PATH` };
  if (onPath('uv')) {
    const args = ['tool', 'run', '--from', requirement, program];
    return { command: 'uv', args, how: `${requirement} through uv` };
  }
  if (onPath('pipx')) {
    const args = ['run', '--spec', requirement, program];
    return { command: 'pipx', args, how: `${requirement} through pipx` };
  }
  const python = ['python3', 'python'].find(onPath);
  if (python !== undefined) {
    return {
      command: await inVenv(python, tool),
      args: [],
      how: `${requirement} in .cache/${name}`,
    };
  }
  throw new NoPythonTool(
    `${name} is needed, and neither ${program}, uv, pipx nor Python is on PATH: install Python 3.10 or later, or uv ` +
      '(https://docs.astral.sh/uv/), and run this again.',
  );
}

/** Creates a virtual environment with the tool, once. */
async function inVenv(python: string, tool: PythonTool): Promise<string> {
  const { program, name, requirement } = tool;
  const home = resolve('.cache', name);
  const bin = join(home, process.platform === 'win32' ? 'Scripts' : 'bin');
  const found = join(bin, program);
  if (existsSync(found)) return found;
  mkdirSync(home, { recursive: true });
  try {
    await promisify(execFile)(python, ['-m', 'venv', home]);
    await promisify(execFile)(join(bin, 'python'), [
      '-m',
      'pip',
      'install',
      '--quiet',
      requirement,
    ]);
  } catch (error) {
    const message = (error as { stderr?: string }).stderr || (error as Error).message;
    const reason = message.trim().split('\n').at(-1) ?? '';
    throw new NoPythonTool(
      `${name} is needed, and pip could not install it (${reason}): pip install '${requirement}', and run this again.`,
    );
  }
  return found;
}

function onPath(program: string): boolean {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  return (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) =>
      endings.some((ending) => folder && existsSync(join(folder, program + ending))),
    );
}
