import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The version the local run was made with; what is on PATH may be another. */
const MOTO = 'moto[server]==5.2.1';
const HOST = '127.0.0.1';
const READY_WITHIN_MS = 60_000;

/** No emulator can be had. Says how to get one. */
export class NoEmulator extends Error {
  override readonly name = 'NoEmulator';
}

export interface Moto {
  /** http://127.0.0.1:<port> */
  readonly endpoint: string;
  /** How it was found. */
  readonly how: string;
  stop(): Promise<void>;
}

/**
 * Starts moto on a free port of loopback.
 * @throws NoEmulator where there is none and none can be obtained
 */
export async function startMoto(): Promise<Moto> {
  const { command, args, how } = findMoto();
  const port = await freePort();
  const child = spawn(command, [...args, '-H', HOST, '-p', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // A process group of its own: a wrapper such as uv leaves no server behind, and Ctrl-C reaches us first.
    detached: true,
    env: { ...process.env, MOTO_IAM_LOAD_MANAGED_POLICIES: 'false' },
  });
  const errors: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => {
    errors.push(chunk.toString());
    errors.splice(0, errors.length - 50);
  });
  const stopNow = () => killGroup(child);
  process.once('exit', stopNow);

  const endpoint = `http://${HOST}:${port}`;
  const stop = async () => {
    process.off('exit', stopNow);
    const gone = new Promise((done) => child.once('exit', done));
    if (child.exitCode !== null || child.signalCode !== null) return;
    killGroup(child);
    await gone;
  };
  try {
    await ready(endpoint, child);
  } catch (error) {
    await stop();
    throw new NoEmulator(`${(error as Error).message}\n${errors.join('')}`);
  }
  return { endpoint, how, stop };
}

function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

async function ready(endpoint: string, child: ChildProcess): Promise<void> {
  const until = Date.now() + READY_WITHIN_MS;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`moto_server ended with status ${child.exitCode}`);
    try {
      const answer = await fetch(`${endpoint}/moto-api/data.json`);
      if (answer.ok) return;
    } catch {
      // Not listening yet.
    }
    await sleep(100);
  }
  throw new Error(`moto_server did not answer within ${READY_WITHIN_MS / 1000} s`);
}

interface Found {
  readonly command: string;
  readonly args: readonly string[];
  readonly how: string;
}

function findMoto(): Found {
  if (onPath('moto_server'))
    return { command: 'moto_server', args: [], how: 'moto_server on PATH' };
  if (onPath('uv')) {
    const args = ['tool', 'run', '--from', MOTO, 'moto_server'];
    return { command: 'uv', args, how: `${MOTO} through uv` };
  }
  if (onPath('pipx')) {
    return {
      command: 'pipx',
      args: ['run', '--spec', MOTO, 'moto_server'],
      how: `${MOTO} through pipx`,
    };
  }
  const python = ['python3', 'python'].find(onPath);
  if (python !== undefined) {
    return { command: venvMoto(python), args: [], how: `${MOTO} in .cache/moto` };
  }
  throw new NoEmulator(
    'The local AWS needs moto: neither moto_server, uv, pipx nor Python was found on PATH.\n' +
      HOW_TO_GET_IT,
  );
}

const HOW_TO_GET_IT = `Install one of these, then run it again:
    pip install '${MOTO}'      (Python 3.10 or later)
    https://docs.astral.sh/uv/              (uv fetches moto by itself)`;

/** Makes a virtual environment of our own with moto in it, once. */
function venvMoto(python: string): string {
  const home = resolve('.cache', 'moto');
  const bin = join(home, process.platform === 'win32' ? 'Scripts' : 'bin');
  const server = join(bin, 'moto_server');
  if (existsSync(server)) return server;
  mkdirSync(home, { recursive: true });
  process.stderr.write(`Obtaining ${MOTO} into .cache/moto, once …\n`);
  try {
    const quiet = { stdio: ['ignore', 'ignore', 'pipe'] as ['ignore', 'ignore', 'pipe'] };
    execFileSync(python, ['-m', 'venv', home], quiet);
    execFileSync(join(bin, 'python'), ['-m', 'pip', 'install', '--quiet', MOTO], quiet);
  } catch (error) {
    const said = (error as { stderr?: Buffer }).stderr?.toString() ?? (error as Error).message;
    const reason = said.trim().split('\n').at(-1) ?? '';
    throw new NoEmulator(
      `The local AWS needs moto, and pip could not install it: ${reason}\n${HOW_TO_GET_IT}`,
    );
  }
  return server;
}

function onPath(program: string): boolean {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  return (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) =>
      endings.some((ending) => folder && existsSync(join(folder, program + ending))),
    );
}

/** A port of loopback that is free now. */
export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, HOST, () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
