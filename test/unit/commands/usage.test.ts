import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultMailText } from '../../../functions/runtime/default-mail-text.ts';
import { run } from '../../fakes/command.ts';
import { everyState } from '../../fakes/command-accounts.ts';
import { say } from '../../fakes/shell.ts';

const NOWHERE = 'http://127.0.0.1:9';

describe('wrong usage', () => {
  const wrong: readonly [args: readonly string[], says: string][] = [
    [['reprt'], "error: unknown command 'reprt'\n(Did you mean report?)\n"],
    [['report', '--formt', 'json'], "error: unknown option '--formt'\n(Did you mean --format?)\n"],
    [
      ['report', '--format', 'xml'],
      "error: option '-f, --format <format>' argument 'xml' is invalid. Allowed choices are table, json,",
    ],
    [['plan', '--scope'], "error: option '--scope <scope>' argument missing\n"],
    [['plan', 'dana'], "error: too many arguments for 'plan'. Expected 0 arguments but got 1.\n"],
    [
      ['redrive', 'SweepsFailed'],
      "error: command-argument value 'SweepsFailed' is invalid for argument 'queue'. A failed sweep",
    ],
    [['explain'], "error: missing required argument 'user'\n"],
    [['replay'], "error: missing required argument 'file'\n"],
    [['policy', '--form', 'round'], "error: option '--form <form>' argument 'round' is invalid."],
    [['preview', 'nothing'], 'There is no message "nothing". Available messages: '],
    [['preview', '--output', join('package.json', 'folder')], 'Cannot write '],
  ];
  it.each(wrong)('%j is reported, with exit status 2', async (args, says) => {
    const ran = await say(NOWHERE, args);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr.startsWith(says)).toBe(true);
    expect(ran.stderr).not.toMatch(/\n +at /);
  });

  it('of no command at all shows what there is', async () => {
    const ran = await say(NOWHERE, []);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toContain('Commands:');
  });
});

const COMMANDS = [
  'report',
  'plan',
  'sweep',
  'explain',
  'replay',
  'rollback',
  'deploy',
  'remove',
  'organization',
  'organization deploy',
  'organization status',
  'organization remove',
  'organization template',
  'doctor',
  'prove',
  'redrive',
  'policy',
  'preview',
];

describe('--help', () => {
  it.each(COMMANDS)('of %s has an example', async (command) => {
    const ran = await say(NOWHERE, [...command.split(' '), '--help']);
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout).toMatch(new RegExp(`Examples?:\\n(?:.*\\n)* .*mfa-enforcer ${command}`));
  });

  it.each(COMMANDS)('of %s is as it was judged good', async (command) => {
    const { stdout, status } = await say(NOWHERE, [...command.split(' '), '--help']);
    expect(status).toBe(0);
    await expect(stdout).toMatchFileSnapshot(`golden/help/${command.replace(' ', '-')}.txt`);
  });

  it('of the whole is as it was judged good', async () => {
    const { stdout } = await say(NOWHERE, ['--help']);
    await expect(stdout).toMatchFileSnapshot('golden/help/mfa-enforcer.txt');
  });

  it('of the whole names every command', async () => {
    const { stdout, status } = await say(NOWHERE, ['--help']);
    expect(status).toBe(0);
    for (const command of COMMANDS.filter((one) => !one.includes(' ')))
      expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
  });
});

describe('preview', () => {
  it.each([
    ['one', ['user-blocked'], null],
    ['one-in-colour', ['user-blocked'], 60],
    ['one-at-a-wide-terminal', ['breaker-open'], 200],
    ['two', ['digest', 'sweep-clean'], null],
    ['one-as-json', ['user-unblocked', '--json'], null],
    ['two-as-json', ['user-unblocked', 'sweep-clean', '--json'], null],
    ['mail', ['blocked', '--mails'], null],
  ])('of %s is as it was judged good', async (name, args, columns) => {
    const screen = columns === null ? null : { columns };
    const { stdout, status } = await say(NOWHERE, ['preview', ...args], { screen });
    expect(status).toBe(0);
    await expect(stdout).toMatchFileSnapshot(`golden/preview/${name}.txt`);
  });

  it('shows every message where none is named', async () => {
    const all = Object.keys(JSON.parse((await say(NOWHERE, ['preview', '--json'])).stdout));
    expect(all).toContain('digest');
    expect(all.length).toBeGreaterThan(20);
    const { stderr } = await say(NOWHERE, ['preview', 'none-such']);
    expect(stderr).toContain(
      `There is no message "none-such". Available messages: ${all.join(', ')}.`,
    );
  });
});

describe('preview of mails', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mfa-enforcer-'));
  const own = join(folder, 'own.md');
  writeFileSync(own, defaultMailText.replaceAll('Nothing is deleted', 'Keep calm'));

  it('shows every kind where none is named', async () => {
    const { stdout } = await say(NOWHERE, ['preview', '--mails', '--json']);
    const mails = Object.entries(JSON.parse(stdout) as Record<string, object>);
    expect(new Set(mails.map(([name]) => name.split('.')[0]))).toEqual(
      new Set(['blocked', 'unblocked', 'reminder', 'exemption-ending']),
    );
    for (const [, mail] of mails) expect(Object.keys(mail)).toEqual(['subject', 'text', 'html']);
  });

  it('shows a text of your own, and writes it as text and HTML', async () => {
    const args = ['preview', 'blocked', '--mail-text-file', own];
    expect((await say(NOWHERE, args)).stdout).toContain('Keep calm');
    const into = join(folder, 'mails');
    expect((await say(NOWHERE, [...args, '--output', into])).stderr).toBe(
      `1 message written to ${into}\n`,
    );
    expect(readFileSync(join(into, 'blocked.txt'), 'utf8')).toMatch(
      /^Subject: Your AWS user dana is blocked .*\n\n/,
    );
    expect(readFileSync(join(into, 'blocked.html'), 'utf8')).toMatch(/^<!doctype html>/);
  });

  it.each([
    [
      ['user-blocked', '--mails'],
      'There is no message "user-blocked". Available messages: blocked, ',
    ],
    [['--mail-text-file', join(folder, 'none')], 'Cannot read the mail text: ENOENT'],
    [
      ['--mail-text-file', 'package.json'],
      'package.json is no text of the mails. There is no section "# blocked".',
    ],
  ])('refuses %j', async (args, message) => {
    const ran = await say(NOWHERE, ['preview', ...args]);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toContain(message);
  });
});

describe('without any AWS', () => {
  const none = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };

  it.each([
    ['policy'],
    ['policy', '--form', 'boundary'],
    ['policy', '--form', 'inline', '--partition', 'aws-us-gov'],
    ['preview', '--json'],
    ['preview', 'user-blocked', '--json'],
  ])('%s %s %s %s %s prints JSON', async (...args) => {
    const ran = await run(NOWHERE, args, { env: none });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(() => JSON.parse(ran.stdout) as unknown).not.toThrow();
  });

  it('preview shows messages, and writes them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mfa-enforcer-'));
    expect((await run(NOWHERE, ['preview', 'user-blocked'], { env: none })).stdout).toContain(
      'dana',
    );
    const ran = await run(NOWHERE, ['preview', '--output', folder], { env: none });
    expect(ran).toMatchObject({ status: 0, stdout: '' });
    const files = readdirSync(folder);
    expect(ran.stderr).toBe(`${files.length} messages written to ${folder}\n`);
    for (const file of files) JSON.parse(readFileSync(join(folder, file), 'utf8'));
  });
});

describe('the streams', () => {
  it('have no colour and no progress bar off a terminal', async () => {
    const { endpoint } = await everyState();
    const ran = await run(endpoint, ['report', '--all'], { env: { TERM: 'xterm-256color' } });
    expect(ran.stdout + ran.stderr).not.toContain('\u001b');
    expect(ran.stderr).toBe('');
  });

  it('have colour at a terminal, unless NO_COLOR or TERM=dumb says otherwise', async () => {
    const { endpoint } = await everyState();
    const terminals = ['stdout'] as const;
    const colored = (env: Record<string, string>) =>
      run(endpoint, ['report'], { terminals, env }).then(({ stdout }) =>
        stdout.includes('\u001b['),
      );
    expect(await colored({ TERM: 'xterm' })).toBe(true);
    expect(await colored({ TERM: 'xterm', NO_COLOR: '1' })).toBe(false);
    expect(await colored({ TERM: 'dumb' })).toBe(false);
  });

  it('have the progress on standard error only, and nothing of it stays', async () => {
    const { endpoint } = await everyState();
    const ran = await run(endpoint, ['report', '--json'], { terminals: ['stderr'] });
    expect(ran.stderr).toContain('Reading users ░');
    expect(ran.stderr.endsWith('\r\u001b[K')).toBe(true);
    expect(() => JSON.parse(ran.stdout) as unknown).not.toThrow();
  });

  it('clear the progress before a problem is reported', async () => {
    const server = await everyState();
    server.deny('GetAccountAuthorizationDetails');
    for (const command of [['report'], ['plan'], ['sweep'], ['rollback']]) {
      const ran = await run(server.endpoint, command, { terminals: ['stderr'] });
      expect(ran.stderr).toContain('\r\u001b[KAWS denied iam:GetAccountAuthorizationDetails.');
    }
  });
});
