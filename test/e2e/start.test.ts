import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { NoEmulator, startMoto } from '../../infra/local/moto.ts';
import { waitFor } from '../../infra/local/watch.ts';

/** The local run without npm around it. */
const START = ['--import', 'tsx', 'infra/local/start.ts'];

async function emulatorIsThere(): Promise<boolean> {
  try {
    const moto = await startMoto();
    await moto.stop();
    return true;
  } catch (error) {
    if (!(error instanceof NoEmulator) || process.env.CI) throw error;
    return false;
  }
}

function start(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [...START, ...args], {
    env: { ...process.env, NO_COLOR: '1', ...env },
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  }
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  return { child, ended, text: () => output.join('') };
}

type Run = ReturnType<typeof start>;

/** All descendants of a process. */
function descendants({ pid }: ChildProcess): number[] {
  const parents = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    parents.filter(([, ppid]) => ppid === parent).flatMap(([one = 0]) => [one, ...below(one)]);
  return below(pid ?? 0);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function untilSaid(run: Run, words: string): Promise<void> {
  while (!run.text().includes(words) && run.child.exitCode === null) {
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** Ends a run by a signal. @returns the ids of its processes that are still alive afterwards */
async function processesLeftAfter(signal: 'SIGINT' | 'SIGTERM', run: Run): Promise<number[]> {
  const started = descendants(run.child);
  expect(started.length).toBeGreaterThanOrEqual(4);
  run.child.kill(signal);
  await run.ended;
  // A process that was killed a moment ago may still be in the list.
  await waitFor(() => !started.some(isAlive), 5_000);
  return started.filter(isAlive);
}

describe.skipIf(!(await emulatorIsThere()))('npm start', () => {
  it('prints its scenario in lines of at most 100 columns, keeps running with --keep, and exits with status 0', async () => {
    const run = start(['--keep']);
    await untilSaid(run, 'Your turn');
    expect(run.text()).toContain('All 8 steps passed.');
    expect(run.text()).not.toContain('FAILED');
    expect(run.text()).toMatch(/export AWS_ENDPOINT_URL=http:\/\/127\.0\.0\.1:\d+/);
    expect(
      run
        .text()
        .split('\n')
        .filter((line) => line.length > 100),
    ).toEqual([]);
    const median = Number(/([\d.]+) s {2}median/.exec(run.text())?.[1]);
    expect(median).toBeLessThan(2);
    expect(await processesLeftAfter('SIGTERM', run)).toEqual([]);
    expect(await run.ended).toBe(0);
  }, 120_000);

  it('ends all its processes when it is interrupted during the scenario, and exits with status 130', async () => {
    const run = start([]);
    await untilSaid(run, 'Scenario');
    expect(await processesLeftAfter('SIGINT', run)).toEqual([]);
    expect(await run.ended).toBe(130);
  });
});

describe('npm start', () => {
  it.each(['https://iam.amazonaws.com', 'http://10.0.0.1:5000', 'http://127.0.0.1.example.com'])(
    'refuses the endpoint %s',
    async (endpoint) => {
      const run = start([], { AWS_ENDPOINT_URL: endpoint });
      expect(await run.ended).toBe(1);
      expect(run.text().trim()).toBe(
        `The local run connects only to loopback, not to ${endpoint}.`,
      );
    },
  );

  it('shows its help', async () => {
    const run = start(['--help']);
    expect(await run.ended).toBe(0);
    expect(run.text()).toContain('--keep');
  });

  it('refuses an unknown option', async () => {
    const run = start(['--kepe']);
    expect(await run.ended).toBe(2);
    expect(run.text()).toContain("Unknown option '--kepe'");
  });
});
