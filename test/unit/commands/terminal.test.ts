import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { mfaEnforcer } from '../../../functions/commands/program.ts';
import { progressBar } from '../../../functions/commands/progress.ts';
import { processTerminal } from '../../../functions/commands/terminal.ts';
import { everyState } from '../../fakes/command-accounts.ts';
import { anyRelease } from '../../fakes/release.ts';
import { SETTINGS_LINE } from '../../fakes/report.ts';
import { say } from '../../fakes/shell.ts';

describe('at a terminal', () => {
  it('a sweep asks one question, and does what the answer is', async () => {
    const server = await everyState();
    const questions: string[] = [];
    const answering = (answer: boolean) => async (question: string) => {
      questions.push(question);
      return answer;
    };
    const no = await say(server.endpoint, ['sweep'], { ask: answering(false) });
    expect(no).toMatchObject({ status: 1, stdout: '', stderr: 'Nothing was changed.\n' });
    expect(server.iam.isBlocked('unprotected')).toBe(false);
    const yes = await say(server.endpoint, ['sweep'], { ask: answering(true) });
    expect(yes).toMatchObject({ status: 0, stderr: '' });
    expect(server.iam.isBlocked('unprotected')).toBe(true);
    expect(questions).toEqual(
      Array(2).fill(
        `Change 3 users of account 111122223333 (mfa-enforcer plan lists the changes)? ${SETTINGS_LINE} [y/N] `,
      ),
    );
  });

  it('--yes asks nothing', async () => {
    const { endpoint } = await everyState();
    const ask = () => Promise.reject(new Error('asked'));
    expect(await say(endpoint, ['rollback', '--yes'], { ask })).toMatchObject({ status: 0 });
  });

  it('the progress bar grows from nothing to all, and is cleared', async () => {
    const { endpoint } = await everyState();
    let time = 0;
    const now = () => {
      time += 1000;
      return new Date(time);
    };
    const { stderr } = await say(endpoint, ['report', '--json'], { progress: true, now });
    const drawn = [...stderr.matchAll(/(\d+)\/7/g)].map(([, count]) => Number(count));
    expect(drawn).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(stderr).toContain(`Reading users ${'█'.repeat(24)} 7/7`);
    expect(stderr.endsWith('\r\u001b[K')).toBe(true);
  });

  it('a table is as wide as the terminal', async () => {
    const { endpoint } = await everyState();
    const { stdout } = await say(endpoint, ['report'], { screen: { columns: 50 } });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is taken away
    const lines = stdout.replaceAll(/\u001b\[\d+m/g, '').split('\n');
    const rows = lines.slice(lines.findIndex((line) => line.startsWith('user')));
    expect(Math.max(...rows.map((line) => line.length))).toBeLessThanOrEqual(50);
  });
});

const NOW = new Date('2026-03-01T12:00:00Z');

/** A process whose streams are terminals or not. */
function processWith(
  terminals: {
    readonly stdin?: boolean;
    readonly stdout?: boolean;
    readonly stderr?: boolean;
  } = {},
  env: Record<string, string> = {},
) {
  const stream = (name: keyof typeof terminals) =>
    Object.assign(new PassThrough(), { isTTY: terminals[name] ?? false, columns: 120 });
  const streams = { stdin: stream('stdin'), stdout: stream('stdout'), stderr: stream('stderr') };
  const terminal = processTerminal({ ...streams, env } as never, () => NOW, anyRelease());
  return { ...streams, env, terminal };
}

describe('a question', () => {
  const both = { stdin: true, stderr: true };

  it.each([
    ['y', true],
    ['Y', true],
    ['yes', true],
    ['  Yes ', true],
    ['n', false],
    ['', false],
    ['ye', false],
    ['yesterday', false],
    ['hey', false],
  ])('that is answered %j', async (answer, yes) => {
    const { terminal, stdin, stdout } = processWith(both);
    const asked = terminal.ask?.('Really? ');
    stdin.write(`${answer}\n`);
    expect(await asked).toBe(yes);
    // Standard output has data only.
    expect(stdout.read()).toBeNull();
  });

  it.each([
    [{}, false],
    [{ stdin: true }, false],
    [{ stderr: true }, false],
    [{ stdin: true, stdout: true }, false],
    [both, true],
  ])('is asked if there is a terminal: %j', (terminals, isAsked) => {
    expect(processWith(terminals).terminal.ask !== null).toBe(isAsked);
  });
});

describe('the terminal', () => {
  it('is as wide as standard output, where that is one', () => {
    expect(processWith({ stdout: true }).terminal.screen).toEqual({ columns: 120 });
    expect(processWith({ stdin: true, stderr: true }).terminal.screen).toBeNull();
  });

  it('shows progress where standard error is one', () => {
    expect(processWith({ stderr: true }).terminal.progress).toBe(true);
    expect(processWith({ stdout: true }).terminal.progress).toBe(false);
  });

  it('has data on standard output, and all else on standard error', () => {
    const { terminal, stdout, stderr } = processWith();
    terminal.out('data');
    terminal.err('words');
    expect([String(stdout.read()), String(stderr.read())]).toEqual(['data', 'words']);
    expect(terminal.now()).toBe(NOW);
  });

  it('brings what comes in', async () => {
    const { terminal, stdin } = processWith();
    stdin.end('an event');
    expect(String(await terminal.readInput())).toBe('an event');
  });

  it.each(['stdout', 'stderr'] as const)('does not fail if the reader of %s stops', (name) => {
    const streams = processWith();
    const failed = (code: string) => () =>
      streams[name].emit('error', Object.assign(new Error(code), { code }));
    expect(failed('EPIPE')).not.toThrow();
    expect(failed('EIO')).toThrow('EIO');
  });

  it('hides the SDK’s notices, unless they are asked for', () => {
    const notice = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';
    expect(processWith().env[notice]).toBe('true');
    expect(processWith({}, { [notice]: 'no' }).env[notice]).toBe('no');
  });
});

describe('a text from outside', () => {
  const evil = '\u001b]0;pwn\u0007\u001b[2J\u001b[31mCreateUser\u202e \u009b1m';
  const harmless = '\\u001b]0;pwn\\u0007\\u001b[2J\\u001b[31mCreateUser\\u202e \\u009b1m';
  const all = { stdin: true, stdout: true, stderr: true };

  it.each([{}, all])('does not steer a terminal: %j', (terminals) => {
    const { terminal, stdout, stderr } = processWith(terminals);
    terminal.out(`Event ${evil}\n`);
    terminal.err(`Event ${evil}\n`);
    expect(String(stdout.read())).toBe(`Event ${harmless}\n`);
    expect(String(stderr.read())).toBe(`Event ${harmless}\n`);
  });

  it('does not do so in a question', async () => {
    const { terminal, stdin, stderr } = processWith(all);
    const asked = terminal.ask?.(`Block ${evil}? `);
    stdin.write('n\n');
    await asked;
    expect(String(stderr.read())).not.toContain('\u001b]0;');
  });

  it('does not do so in a progress bar, which redraws its line', () => {
    const { terminal, stderr } = processWith(all);
    const bar = progressBar(terminal, 'Reading', 0);
    expect(String(stderr.read())).toBe(`\rReading ${'█'.repeat(24)} 0/0\u001b[K`);
    terminal.err(`\rReading ${evil}\u001b[K`);
    expect(String(stderr.read())).toBe(`\rReading ${harmless}\u001b[K`);
    bar.done();
    expect(String(stderr.read())).toBe('\r\u001b[K');
  });

  it('is escaped in replay’s output about a record', async () => {
    const { terminal, stdin, stdout } = processWith();
    const eventTime = '2026-03-01T12:00:00Z';
    stdin.end(
      JSON.stringify({ eventID: 'e', eventName: evil, eventSource: `x${evil}`, eventTime }),
    );
    expect(await mfaEnforcer(terminal, ['replay', '-'])).toBe(0);
    const message = String(stdout.read());
    expect(message).toContain(harmless);
    for (const one of '\u001b\u0007\u202e\u009b') expect(message).not.toContain(one);
  });
});
