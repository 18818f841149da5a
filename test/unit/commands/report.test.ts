import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { XMLParser } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { HistoryLine } from '../../../events/history.ts';
import { Report } from '../../../events/report.ts';
import { fileMode, tableOptions } from '../../../functions/commands/report.ts';
import { type Ran, run } from '../../fakes/command.ts';
import { cleanAccount, emptyAccount, everyState } from '../../fakes/command-accounts.ts';
import type { IamServer } from '../../fakes/iam-server.ts';
import { say, terminalOf } from '../../fakes/shell.ts';

const HOUR_MS = 60 * 60_000;

/** The form of each format, and its text about the account with every state. */
const formats: Readonly<Record<string, { readonly status: number; readonly says: string[] }>> = {
  table: { status: 1, says: ['7 users: 2 unprotected, 1 blocked', 'unprotected-with-keys'] },
  json: { status: 1, says: ['"unprotected-with-keys"', '"alias": "example"'] },
  csv: { status: 1, says: ['unprotected-with-keys'] },
  asff: { status: 1, says: ['"User is unprotected: unprotected-with-keys"', '"FAILED"'] },
  ocsf: { status: 1, says: ['"class_uid": 2003', 'unprotected-with-keys'] },
  html: { status: 1, says: ['<!doctype html>', 'unprotected-with-keys'] },
  prtg: {
    status: 1,
    says: ['<channel>Number of users without MFA devices registered</channel>', 'blocked'],
  },
  'prtg-json': { status: 1, says: ['Number of users without MFA devices registered'] },
  'prtg-v2': { status: 1, says: ['"status": "error"'] },
  prometheus: { status: 1, says: ['mfa_enforcer_report_success 1', 'state="unprotected"} 2'] },
  nagios: {
    status: 2,
    says: ['MFA CRITICAL: 2 users with a password and no MFA device: blocked; unprotected'],
  },
};

/** How a monitor's format says that there is no report. */
const failures: Readonly<Record<string, RegExp>> = {
  prtg: /<error>1<\/error>\s*<text>AWS denied iam:ListMFADevices/,
  'prtg-json': /"error": 1,\s*"text": "AWS denied iam:ListMFADevices/,
  'prtg-v2': /"status": "error",\s*"message": "AWS denied iam:ListMFADevices/,
  prometheus:
    /^# The report failed: AWS denied iam:ListMFADevices[\s\S]*mfa_enforcer_report_success 0\n$/,
  nagios: /^MFA UNKNOWN: AWS denied iam:ListMFADevices.*\n$/,
};

/** The readings of a report. */
const reads = [
  'GetAccountSummary',
  'ListAccountAliases',
  'GetAccountAuthorizationDetails',
  'ListVirtualMFADevices',
  'ListMFADevices',
  'GetLoginProfile',
];

/** The readings that a report can do without. */
const facts = {
  GenerateCredentialReport: 'credentialReport',
  GetCredentialReport: 'credentialReport',
  ListServiceSpecificCredentials: 'serviceCredentials',
  ListSSHPublicKeys: 'sshKeys',
} as const;

describe.each(Object.entries(formats))('report --format %s', (format, { status, says }) => {
  it('reports the findings', async () => {
    const { endpoint } = await everyState();
    const ran = await run(endpoint, ['report', '--format', format]);
    for (const text of says) expect(ran.stdout).toContain(text);
    expect(ran).toMatchObject({ status, stderr: '' });
  });
});

describe('report', () => {
  it('makes the calls that the permissions above are for, and no others', async () => {
    const server = await everyState();
    await run(server.endpoint, ['report']);
    expect(Object.keys(server.counts)).toEqual(
      [...reads, ...Object.keys(facts), 'DescribeStacks', 'GetCallerIdentity'].toSorted(),
    );
  });

  it('puts every user into its state', async () => {
    const { endpoint } = await everyState();
    const { stdout } = await run(endpoint, ['report', '--json']);
    const report = Report.parse(JSON.parse(stdout));
    expect(Object.fromEntries(report.users.map(({ name, state }) => [name, state]))).toEqual({
      protected: 'protected',
      hardware: 'protected',
      unprotected: 'unprotected',
      'unprotected-with-keys': 'unprotected',
      blocked: 'blocked',
      enrolled: 'protected',
      exempt: 'exempt',
    });
  });

  it('misses no user on short and empty pages', async () => {
    const server = await everyState();
    server.iam.pages = { size: 2, empty: true };
    const { stdout } = await run(server.endpoint, ['report', '--json']);
    expect(Report.parse(JSON.parse(stdout)).totals).toMatchObject({ users: 7, protected: 3 });
    expect(server.counts.GetAccountAuthorizationDetails).toBe(8);
  });

  it('is well-formed where programs read it', async () => {
    const { endpoint } = await everyState();
    const xml = await run(endpoint, ['report', '-f', 'prtg']);
    const { prtg } = new XMLParser().parse(xml.stdout) as { prtg: { result: unknown[] } };
    expect(prtg.result).toHaveLength(6);
    const csv = await run(endpoint, ['report', '-f', 'csv']);
    expect(parse(csv.stdout, { columns: true })).toHaveLength(7);
  });

  describe('--max-age', () => {
    /** An account with every state, and a credential report of two hours. */
    async function withReport() {
      const clock = { ms: Date.parse('2026-03-01T09:00:00Z') };
      const server = await everyState({ now: () => clock.ms });
      clock.ms += 3 * HOUR_MS;
      server.iam.credentialReport.age = 2 * HOUR_MS;
      server.resetCounts();
      const report = (...args: string[]) =>
        run(server.endpoint, ['report', ...args], { now: () => new Date(clock.ms) });
      return { server, report };
    }
    const asked = ({ counts }: Pick<IamServer, 'counts'>) =>
      (counts.ListMFADevices ?? 0) + (counts.GetLoginProfile ?? 0);

    it.each(Object.keys(formats))(
      'serves --format %s without a call for a user',
      async (format) => {
        const { server, report } = await withReport();
        const ran = await report('--format', format, '--max-age', '4h');
        expect(ran).toMatchObject({ status: formats[format]?.status, stderr: '' });
        expect(asked(server)).toBe(0);
      },
    );

    it('puts every user into the same state, and names no device that was not read', async () => {
      const { report } = await withReport();
      const old = Report.parse(JSON.parse((await report('--json', '--max-age', '4h')).stdout));
      const live = Report.parse(JSON.parse((await report('--json')).stdout));
      const states = ({ users }: Report) => users.map(({ name, state }) => [name, state]);
      expect(states(old)).toEqual(states(live));
      const hardware = old.users.find(({ name }) => name === 'hardware');
      expect(hardware?.devices).toEqual([{ serial: null, kind: 'not-read', enrolledAt: null }]);
      expect(old.sources).toMatchObject({
        devices: { live: 0, virtualDevices: 2, credentialReport: 5 },
        passwords: { live: 0, credentialReport: 7, generatedAt: '2026-03-01T10:00:00.000Z' },
        maxAge: { minutes: 240, problem: null },
      });
    });

    it.each([
      [
        'table',
        'Sign-ins, keys, passwords and the MFA devices of 5 users: IAM’s credential report, 2',
      ],
      [
        'html',
        'Sign-ins, keys, passwords and the MFA devices of 5 users: IAM’s credential report, 2',
      ],
      ['csv', ',credential-report,'],
      ['nagios', ', 5 of 7 users read from IAM’s credential report, 2 hours old | '],
      ['prtg', '. 5 of 7 users read from IAM’s credential report, 2 hours old</text>'],
      ['prometheus', 'mfa_enforcer_facts_age_seconds{account="111122223333"} 7200'],
    ])('is in the answer of --format %s', async (format, text) => {
      const { report } = await withReport();
      const { stdout } = await report('--format', format, '--max-age', '2h');
      expect(stdout.replaceAll('\n', ' ')).toContain(text);
    });

    it('reads live, and says so, where the report is older or denied', async () => {
      const { server, report } = await withReport();
      const older = await report('--format', 'nagios', '--max-age', '1h');
      expect(older.stdout).toContain(
        ', read live: IAM made its credential report at 2026-03-01T10:00:00.000Z | ',
      );
      expect(asked(server)).toBeGreaterThan(0);
      server.deny('GenerateCredentialReport');
      const { stdout } = await report('--max-age', '4h');
      expect(stdout).toContain(
        '--max-age 4h did not apply: AWS denied iam:GenerateCredentialReport',
      );
      const denied = await report('--format', 'prtg', '--max-age', '4h');
      expect(denied.stdout).toContain('. read live: AWS denied iam:GenerateCredentialReport');
    });

    it.each([[], ['--organization']])('refuses what is no time: %j', async (...more) => {
      const { endpoint } = await emptyAccount();
      const args = ['report', '--max-age', '5h', ...more];
      expect(await run(endpoint, args)).toMatchObject({
        status: 2,
        stdout: '',
        stderr: expect.stringMatching(/^--max-age: "5h" must be minutes or hours up to 4h/),
      });
    });
  });

  it('has no findings if every user is in the right state', async () => {
    const { endpoint } = await cleanAccount();
    expect(await run(endpoint, ['report'])).toMatchObject({ status: 0 });
    const nagios = await run(endpoint, ['report', '-f', 'nagios']);
    expect(nagios).toMatchObject({ status: 0, stdout: expect.stringMatching(/^MFA OK: /) });
  });

  it('takes one format', async () => {
    const ran = await run('http://127.0.0.1:9', ['report', '--json', '--format', 'prtg']);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toContain('cannot be used with option');
  });

  it('reports a wrong setting in the monitor’s own format', async () => {
    const wrong = (format: string) =>
      run('http://127.0.0.1:9', ['report', '--scope', 'some', '-f', format]);
    const nagios = await wrong('nagios');
    expect(nagios).toMatchObject({
      status: 3,
      stdout: expect.stringMatching(/^MFA UNKNOWN: .*--scope must be/),
    });
    expect(await wrong('prometheus')).toMatchObject({
      status: 2,
      stdout: expect.stringContaining('mfa_enforcer_report_success 0'),
    });
  });
});

describe('report --history', () => {
  it('appends a line of totals to the file, and the report is as without it', async () => {
    const { endpoint } = await everyState();
    const file = join(mkdtempSync(join(tmpdir(), 'report-')), 'mfa.jsonl');
    const args = ['report', '--format', 'csv'];
    const plain = await run(endpoint, args);
    for (const _ of [1, 2]) {
      const ran = await run(endpoint, [...args, '--history', file]);
      expect({ ...ran, ms: 0, stdout: '' }).toEqual({ ...plain, ms: 0, stdout: '' });
    }
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => HistoryLine.parse(JSON.parse(line)))).toMatchObject([
      { of: '111122223333', totals: { users: 7, unprotected: 2 }, withoutMfa: 2 },
      { of: '111122223333', totals: { users: 7, unprotected: 2 }, withoutMfa: 2 },
    ]);
  });

  it('gives the page its trend, from the second report on', async () => {
    const { endpoint } = await everyState();
    const file = join(mkdtempSync(join(tmpdir(), 'report-')), 'mfa.jsonl');
    const args = ['report', '--format', 'html', '--history', file];
    expect((await run(endpoint, args)).stdout).not.toContain('>Trend<');
    expect((await run(endpoint, args)).stdout).toContain('>Trend<');
  });

  it('appends no line where there is no report', async () => {
    const server = await everyState();
    server.deny('ListMFADevices');
    const file = join(mkdtempSync(join(tmpdir(), 'report-')), 'mfa.jsonl');
    expect(await run(server.endpoint, ['report', '--history', file])).toMatchObject({ status: 3 });
    expect(() => statSync(file)).toThrow('ENOENT');
  });
});

describe('report --output', () => {
  const folder = () => mkdtempSync(join(tmpdir(), 'mfa-enforcer-'));

  it('writes the file, and no output', async () => {
    const { endpoint } = await everyState();
    const here = folder();
    const ran = await run(endpoint, ['report', '--json', '-o', join(here, 'mfa.json')]);
    expect(ran).toMatchObject({ status: 1, stdout: '', stderr: '' });
    expect(readdirSync(here)).toEqual(['mfa.json']);
    Report.parse(JSON.parse(readFileSync(join(here, 'mfa.json'), 'utf8')));
  });

  it('keeps the old file if the account could not be read', async () => {
    const server = await everyState();
    server.deny('ListMFADevices');
    const file = join(folder(), 'mfa.csv');
    writeFileSync(file, 'the old one');
    const ran = await run(server.endpoint, ['report', '-f', 'csv', '-o', file]);
    expect(ran).toMatchObject({ status: 3, stdout: '' });
    expect(readFileSync(file, 'utf8')).toBe('the old one');
  });

  it('replaces a monitor’s file by the failure', async () => {
    const server = await everyState();
    server.deny('ListMFADevices');
    const file = join(folder(), 'mfa.prom');
    writeFileSync(file, 'mfa_enforcer_report_success 1');
    const ran = await run(server.endpoint, ['report', '-f', 'prometheus', '-o', file]);
    expect(ran).toMatchObject({ status: 3, stdout: '' });
    expect(readFileSync(file, 'utf8')).toMatch(failures.prometheus as RegExp);
  });

  it.skipIf(process.platform === 'win32')('follows a link, and leaves it one', async () => {
    const { endpoint } = await cleanAccount();
    const here = folder();
    writeFileSync(join(here, 'target'), '');
    symlinkSync(join(here, 'target'), join(here, 'link'));
    await run(endpoint, ['report', '-f', 'csv', '-o', join(here, 'link')]);
    expect(readFileSync(join(here, 'target'), 'utf8')).toContain('dana');
    expect(readdirSync(here).toSorted()).toEqual(['link', 'target']);
  });

  // A pipe of its own: a fault here, run as root, would take a device away from the whole machine.
  it.skipIf(process.platform === 'win32')('writes to a pipe without replacing it', async () => {
    const { endpoint } = await cleanAccount();
    const pipe = join(folder(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const ran = await run(endpoint, ['report', '-f', 'csv', '-o', pipe]);
      expect(ran).toMatchObject({ status: 0, stderr: '' });
      expect(statSync(pipe).isFIFO()).toBe(true);
      expect(readFileSync(reader, 'utf8')).toContain('dana');
    } finally {
      closeSync(reader);
    }
  });

  it('reports a file that it cannot write', async () => {
    const { endpoint } = await cleanAccount();
    const ran: Ran = await run(endpoint, ['report', '-o', join(folder(), 'no', 'such', 'file')]);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toMatch(/^Cannot write .*file: ENOENT.*\n$/);
  });
});

describe('report without a permission', () => {
  it.each(Object.entries(facts))(
    'that it can do without says which facts are missing, and why: %s',
    async (action, source) => {
      const server = await everyState();
      server.deny(action);
      const { status, stdout } = await run(server.endpoint, ['report', '--json']);
      expect(status).toBe(1);
      const { users, sources } = Report.parse(JSON.parse(stdout));
      expect(sources[source]).toEqual({
        status: 'not-read',
        problem: { code: 'denied', text: `AWS denied iam:${action}` },
      });
      const fact = source === 'credentialReport' ? 'credentials' : source;
      expect(users.map((user) => user[fact])).toEqual(users.map(() => null));
    },
  );

  it.each(reads)('is none: it names %s', async (action) => {
    const server = await everyState();
    server.deny(action);
    const ran = await say(server.endpoint, ['report']);
    expect(ran).toMatchObject({ status: 3, stdout: '' });
    expect(ran.stderr).toContain(`AWS denied iam:${action}. Grant that permission to the caller`);
  });
});

describe.each(Object.keys(formats))(
  'report --format %s of an account without users, or that cannot be read',
  (format) => {
    it('is clean, and whole, of an account without users', async () => {
      const { endpoint } = await emptyAccount();
      const { status: clean, stdout, stderr } = await say(endpoint, ['report', '-f', format]);
      expect({ clean, stderr }).toEqual({ clean: 0, stderr: '' });
      expect(stdout).not.toBe('');
    });

    it('claims nothing where something may not be read', async () => {
      const server = await everyState();
      server.deny('ListMFADevices');
      const {
        status: blind,
        stdout,
        stderr,
      } = await say(server.endpoint, ['report', '-f', format]);
      expect(blind).toBe(3);
      expect(stderr).toMatch(/^AWS denied iam:ListMFADevices\. .*\n$/);
      if (failures[format]) expect(stdout).toMatch(failures[format]);
      else expect(stdout).toBe('');
    });
  },
);

describe('report --format table', () => {
  it('has the width of the terminal and colours there, and a fixed width and no colours in a file', () => {
    const { terminal } = terminalOf({ screen: { columns: 77 } });
    expect(tableOptions(terminal, { format: 'table' })).toEqual({
      width: 77,
      color: true,
      all: false,
    });
    expect(tableOptions(terminal, { format: 'table', output: 'x', all: true })).toEqual({
      width: 140,
      color: false,
      all: true,
    });
  });

  it('is written for its owner alone, and for all users only where node_exporter reads it', () => {
    expect(fileMode('prometheus')).toBe(0o644);
    expect(fileMode('table')).toBe(0o600);
  });
});
