import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { freePort, listening } from '../../infra/local/loopback.ts';
import { NoEmulator, startMoto } from '../../infra/local/moto.ts';
import { waitFor } from '../../infra/local/watch.ts';

/** The local run without npm around it. */
const START = ['--import', 'tsx', 'infra/local/start.ts'];

/** Where the runs make their temporary folders. */
const temporary = mkdtempSync(join(tmpdir(), 'local-run-'));
afterAll(() => rmSync(temporary, { recursive: true }));

/** Ends the run of a test that failed. */
let endRun = () => {};
afterEach(() => endRun());

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
    env: { ...process.env, NO_COLOR: '1', TMPDIR: temporary, ...env },
    // A process group of its own, as a shell gives a command.
    detached: true,
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  }
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  endRun = () => void child.kill('SIGTERM');
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

interface Left {
  readonly processes: readonly number[];
  readonly folders: readonly string[];
}

const nothing: Left = { processes: [], folders: [] };

/** Ends a run by a signal to its process group, as Ctrl-C does. @returns what is left of it */
async function leftAfter(signal: 'SIGINT' | 'SIGTERM', run: Run): Promise<Left> {
  const started = descendants(run.child);
  expect(started.length).toBeGreaterThanOrEqual(1);
  process.kill(-(run.child.pid ?? 0), signal);
  await run.ended;
  // A process that was killed a moment ago may still be in the list.
  await waitFor(() => !started.some(isAlive), 5_000);
  // tsx keeps a cache there.
  const folders = readdirSync(temporary).filter((name) => !name.startsWith('tsx-'));
  return { processes: started.filter(isAlive), folders };
}

/** Pastes lines into a shell whose environment names another account and a proxy. @returns each line's exit status and all output */
async function paste(lines: readonly string[]) {
  const script = lines.flatMap((line) => [line, 'echo "exit status $?"']).join('\n');
  const other = { AWS_PROFILE: 'production', AWS_SESSION_TOKEN: 'real' };
  const proxies = { HTTP_PROXY: 'http://127.0.0.1:1', http_proxy: 'http://127.0.0.1:1' };
  const env = { ...process.env, ...other, ...proxies };
  const { stdout, stderr } = await promisify(execFile)(
    'bash',
    ['-O', 'expand_aliases', '-c', script],
    { env },
  );
  return {
    statuses: [...stdout.matchAll(/exit status (\d+)/g)].map(([, one]) => Number(one)),
    stdout,
    stderr,
  };
}

describe.skipIf(!(await emulatorIsThere()))('npm start', () => {
  it('tells its story in 80 columns, keeps running with --keep, and follows what is pasted', async () => {
    const run = start(['--keep']);
    await untilSaid(run, 'as they come');
    const story = run.text();
    expect(story).toContain('All 9 steps passed.');
    expect(story).not.toContain('FAILED');
    expect(story).toContain('Subject: Your AWS user dana is blocked');
    expect(story).not.toMatch(/<\w+>/);
    expect(story.split('\n').filter((line) => line.length > 80)).toEqual([]);
    const median = Number(/([\d.]+) s \(median\)/.exec(story)?.[1]);
    expect(median).toBeLessThan(5);

    const turn = story.slice(story.indexOf('Your turn'), story.indexOf('Reviews and Slack'));
    const lines = turn.split('\n').flatMap((line) => /^ {2}(\w.*)/.exec(line)?.[1] ?? []);
    const { statuses, stdout, stderr } = await paste(lines);
    const ended = lines.map((line, index) => `${statuses[index]} ${line}`);
    expect(stderr).toBe('');
    // report has findings, as the root user has no MFA device.
    const all = lines.map((line) => `${line === 'mfa-enforcer report' ? 1 : 0} ${line}`);
    expect(ended).toEqual(all);
    expect(lines.filter((line) => /^(aws|mfa-enforcer) /.test(line)).length).toBeGreaterThan(6);
    expect(stdout).toContain('frank: ');
    expect(stdout).toContain('No findings.');

    await untilSaid(run, '🏷️ frank was exempted');
    expect(run.text()).toMatch(/\d\d:\d\d:\d\d CreateUser: frank is blocked\n +no MFA device/);
    expect(run.text()).toMatch(/TagUser: frank is unblocked\n +exempt by the tag/);
    expect(run.text()).toContain('│ 🔒 frank is blocked');
    expect(await leftAfter('SIGINT', run)).toEqual(nothing);
    expect(await run.ended).toBe(0);
  }, 180_000);

  it('shows a stolen password, the alert, the commands that stop the attack and those that undo it', async () => {
    const run = start(['--attack']);
    expect(await run.ended, run.text()).toBe(0);
    const shown = run.text();
    expect(shown).toContain('All 7 steps passed.');
    expect(shown).toContain('grace got a suspicious MFA device');
    for (const command of ['attach-user-policy', 'deactivate-mfa-device', 'detach-user-policy']) {
      expect(shown).toContain(`aws iam ${command} --user-name grace`);
    }
  }, 120_000);

  it.each([
    ['the start of the local AWS', 'Everything runs on this machine'],
    ['the packaging', '  AWS '],
    ['the start of the functions', '  Slack '],
    ['the scenario', 'Scenario'],
  ])(
    'leaves no process and no folder when it is interrupted during %s, and exits with status 130',
    async (_, words) => {
      const run = start([]);
      await untilSaid(run, words);
      await waitFor(() => descendants(run.child).length > 0, 5_000);
      expect(await leftAfter('SIGINT', run)).toEqual(nothing);
      expect(await run.ended).toBe(130);
    },
  );

  it('takes another port where another program has taken the first', async () => {
    const server = createServer();
    const taken = Number(new URL(await listening(server)).port);
    const ports = [taken, await freePort()];
    const moto = await startMoto(async () => ports.shift() ?? 0);
    await moto.stop();
    expect(ports).toEqual([]);
    const busy = startMoto(async () => taken);
    await expect(busy).rejects.toThrow(
      /^moto_server cannot start: port \d+ of 127\.0\.0\.1 is in use\.$/,
    );
    server.close();
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

  it('says in one line that moto is missing, before it packages', async () => {
    const run = start([], { PATH: temporary });
    expect(await run.ended).toBe(1);
    const [, ...said] = run.text().trim().split('\n');
    expect(said).toEqual([
      'The local AWS cannot be started: moto is needed, and neither moto_server, uv, pipx nor Python is on PATH: install ' +
        'Python 3.10 or later, or uv (https://docs.astral.sh/uv/), and run this again.',
    ]);
  });

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
