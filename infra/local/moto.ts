import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, HOST } from './loopback.ts';
import { type Found, findPythonTool, NoPythonTool } from './python-tool.ts';

/** The version that the local run was tested with. The version on PATH may be another one. */
const MOTO = { program: 'moto_server', name: 'moto', requirement: 'moto[server]==5.2.1' };
const READY_WITHIN_MS = 60_000;
const PORTS_TRIED = 3;

/** No emulator could be started. The message is one line. */
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
 * Starts moto on a free port of loopback. Another program may take the port in the meantime: then it takes another one.
 * @param port chooses a port
 * @param awsPolicies whether AWS's own managed policies exist
 * @throws NoEmulator if it is not installed and cannot be installed, or does not start
 */
export async function startMoto(
  port: () => Promise<number> = freePort,
  awsPolicies = false,
): Promise<Moto> {
  const found = await findMoto();
  for (let tries = 1; ; tries += 1) {
    try {
      return await startOn(await port(), found, awsPolicies);
    } catch (error) {
      if (!(error instanceof PortTaken) || tries === PORTS_TRIED) throw error;
    }
  }
}

class PortTaken extends NoEmulator {}

async function startOn(
  port: number,
  { command, args, how }: Found,
  awsPolicies: boolean,
): Promise<Moto> {
  const child = spawn(command, [...args, '-H', HOST, '-p', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // A process group of its own, so that a wrapper such as uv leaves no server behind, and Ctrl-C reaches only this process.
    detached: true,
    env: { ...process.env, MOTO_IAM_LOAD_MANAGED_POLICIES: String(awsPolicies) },
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
    await ready(endpoint, child, errors);
  } catch (error) {
    await stop();
    const said = errors.join('').trim().split('\n');
    // Werkzeug's message about a port in use has several lines.
    if (said.some((line) => line.includes('in use'))) {
      throw new PortTaken(`moto_server cannot start: port ${port} of ${HOST} is in use.`);
    }
    throw new NoEmulator(`${(error as Error).message}: ${said.at(-1)}`);
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

/** Waits until it answers. Another server on the port may answer, so it must also have said that it runs. */
async function ready(
  endpoint: string,
  child: ChildProcess,
  said: readonly string[],
): Promise<void> {
  const until = Date.now() + READY_WITHIN_MS;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`moto_server ended with status ${child.exitCode}`);
    if (said.some((text) => text.includes('Running on')) && (await answers(endpoint))) return;
    await sleep(50);
  }
  throw new Error(`moto_server did not answer within ${READY_WITHIN_MS / 1000} s`);
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(`${endpoint}/moto-api/data.json`)).ok;
  } catch {
    // Not listening yet.
    return false;
  }
}

async function findMoto(): Promise<Found> {
  try {
    return await findPythonTool(MOTO);
  } catch (error) {
    if (!(error instanceof NoPythonTool)) throw error;
    throw new NoEmulator(`The local AWS cannot be started: ${error.message}`);
  }
}
