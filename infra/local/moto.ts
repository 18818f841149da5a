import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { findPythonTool, NoPythonTool } from './python-tool.ts';

/** The version that the local run was tested with. The version on PATH may be another one. */
const MOTO = { program: 'moto_server', name: 'moto', requirement: 'moto[server]==5.2.1' };
const HOST = '127.0.0.1';
const READY_WITHIN_MS = 60_000;

/** No emulator was found. The message says how to install one. */
export class NoEmulator extends Error {
  override readonly name = 'NoEmulator';
}

export interface Moto {
  /** http://127.0.0.1:<port> */
  readonly endpoint: string;
  /** How it was started. */
  readonly how: string;
  stop(): Promise<void>;
}

/**
 * Starts moto on a free port of loopback.
 * @throws NoEmulator if it is not installed and cannot be installed
 */
export async function startMoto(): Promise<Moto> {
  const { command, args, how } = findMoto();
  const port = await freePort();
  const child = spawn(command, [...args, '-H', HOST, '-p', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // A process group of its own, so that a wrapper such as uv leaves no server behind, and Ctrl-C reaches only this process.
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
    // The process has ended already.
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

function findMoto() {
  try {
    return findPythonTool(MOTO);
  } catch (error) {
    if (!(error instanceof NoPythonTool)) throw error;
    throw new NoEmulator(`The local AWS cannot be started: ${error.message}`);
  }
}

/** A free port of loopback. */
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
