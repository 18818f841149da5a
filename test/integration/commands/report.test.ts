import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { OrganizationReport } from '../../../events/organization-report.ts';
import { Report } from '../../../events/report.ts';
import { commandEnv } from '../../fakes/command.ts';
import { emptyAccount, everyState } from '../../fakes/command-accounts.ts';
import type { IamServer } from '../../fakes/iam-server.ts';
import { OrganizationServer } from '../../fakes/organization-server.ts';
import { PROGRAM, runProgram } from '../../fakes/program.ts';

vi.setConfig({ testTimeout: 120_000 });

describe.concurrent('the packaged program: report', () => {
  it('succeeds under throttling', async () => {
    const server = await everyState();
    server.throttle({ perSecond: 20, burst: 4 });
    const ran = await runProgram(server.endpoint, ['report', '--json']);
    expect(ran).toMatchObject({ status: 1, stderr: '' });
    expect(Report.parse(JSON.parse(ran.stdout)).totals).toMatchObject({ users: 7, unprotected: 2 });
  });

  it('gives up a call after five seconds without an answer', async () => {
    const server = await everyState();
    server.silence('ListVirtualMFADevices');
    const ran = await runProgram(server.endpoint, ['report'], { env: { AWS_MAX_ATTEMPTS: '1' } });
    expect(ran).toMatchObject({ status: 3, stdout: '' });
    expect(ran.stderr).toMatch(
      /^AWS did not answer in time \(iam:ListVirtualMFADevices\) after [^\n]*\n$/,
    );
    expect(ran.ms).toBeGreaterThan(4_900);
  });

  it('never leaves a partial --output file for a reader', async () => {
    const { endpoint, iam } = await emptyAccount();
    for (let index = 0; index < 300; index += 1) iam.put(`user-${index}`);
    const file = join(mkdtempSync(join(tmpdir(), 'mfa-enforcer-')), 'mfa.html');
    writeFileSync(file, 'the old one');
    let running = true;
    const seen = new Set<string>();
    const poll = async () => {
      while (running) {
        const text = readFileSync(file, 'utf8');
        seen.add(text === 'the old one' ? 'old' : text.endsWith('</html>\n') ? 'new' : 'a part');
        await new Promise(setImmediate);
      }
    };
    const polling = poll();
    for (let times = 0; times < 2; times += 1) {
      await runProgram(endpoint, ['report', '-f', 'html', '-o', file]);
    }
    running = false;
    await polling;
    expect([...seen].toSorted()).toEqual(['new', 'old']);
  });

  it.skipIf(process.platform === 'win32')(
    'has the same exit status when its reader has closed the pipe',
    async () => {
      const { endpoint } = await everyState();
      const line = '("$0" "$1" report --json 2>&1; echo $? >&2) | true';
      expect(await terminal(line, endpoint)).toBe('1\n');
    },
  );

  it('is in colour at a terminal, with progress on standard error', async () => {
    const { endpoint } = await everyState();
    const ran = await runProgram(endpoint, ['report'], {
      env: { TERM: 'xterm' },
      terminals: ['stdout', 'stderr'],
    });
    expect(ran.stdout).toContain('\u001b[');
    expect(ran.stderr).toContain('Reading users ░');
    expect(ran.stderr.endsWith('\r\u001b[K')).toBe(true);
  });
});

describe.concurrent('the packaged program: report --organization', () => {
  const ACCOUNT = '666677778888';
  const started: OrganizationServer[] = [];
  afterAll(() => Promise.all(started.map((one) => one.stop())));

  async function report(
    spoil: (account: IamServer) => void,
    args: readonly string[],
    attempts: string,
  ): Promise<OrganizationReport> {
    const organization = await OrganizationServer.start();
    started.push(organization);
    spoil(await organization.add(ACCOUNT, 'Spoiled', []));
    const { stdout } = await runProgram(
      organization.endpoint,
      ['report', '--organization', '--json', ...args],
      { env: { AWS_MAX_ATTEMPTS: attempts } },
    );
    return OrganizationReport.parse(JSON.parse(stdout));
  }

  it('reads the other accounts if one does not answer', async () => {
    const silence = (account: IamServer) => {
      account.iam.put('nobody-knows', { password: true });
      account.silence('ListMFADevices');
    };
    const { accounts, counts } = await report(silence, [], '1');
    expect(counts).toMatchObject({ read: 1, notRead: 1 });
    expect(accounts.find(({ account }) => account === ACCOUNT)).toMatchObject({
      problem: { code: 'no-answer' },
    });
  });

  it('reads the other accounts if one takes too long', async () => {
    const slowDown = (account: IamServer) => {
      for (let index = 0; index < 400; index += 1) account.iam.put(`user-${index}`);
      account.throttle({ perSecond: 40, burst: 10 });
    };
    const { accounts, counts } = await report(slowDown, ['--time-limit', '0.05'], '20');
    expect(counts).toMatchObject({ read: 1, notRead: 1 });
    expect(accounts.find(({ account }) => account === ACCOUNT)).toMatchObject({
      problem: { code: 'too-slow' },
    });
  });
});

/** Runs a line of shell, where $0 $1 are the program. @returns its standard error */
function terminal(line: string, endpoint: string): Promise<string> {
  return new Promise((done) => {
    execFile(
      'sh',
      ['-c', line, process.execPath, PROGRAM],
      { env: commandEnv(endpoint) },
      (_, __, stderr) => done(stderr),
    );
  });
}
