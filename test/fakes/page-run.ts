import { execFile } from 'node:child_process';
import { mfaEnforcer } from '../../functions/commands/program.ts';
import { LINE_BEGIN } from '../../functions/commands/terminal.ts';
import { commandEnv, inEnvironment } from './command.ts';
import { commandsIn } from './documented-commands.ts';
import { terminalOf } from './shell.ts';

/** A command of a page's console block, with the output that the page shows. */
interface Step {
  readonly command: string;
  readonly shown: string;
}

/** Runs a command. @returns what a person sees at the terminal; null where the command cannot run here */
export type RunStep = (command: string) => Promise<string | null>;

const BLOCK = /^```console\n([\s\S]*?)^```$/gm;

/** What differs from run to run. */
const MASKS: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z| UTC|\+\d\d:\d\d)/g, 'TIME'],
  [/\d{4}-\d\d-\d\d/g, 'DAY'],
  [/\b\d+(\.\d+)? (seconds?|minutes?|hours?|ms|s|min)\b/g, 'DURATION'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID'],
  [/\b[A-Z0-9]{12,}\b/g, 'ID'],
  [/\bo-[a-z0-9]{10}\b/g, 'ORGANIZATION'],
];

function masked(text: string): string {
  const plain = text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trim();
  return MASKS.reduce((all, [pattern, name]) => all.replaceAll(pattern, name), plain);
}

/** Whether the page shows this output: a line "…" stands for any lines. */
function isShown(shown: string, output: string): boolean {
  const parts = masked(shown).split(/^…$/m).map(escaped);
  return new RegExp(`^${parts.join('[\\s\\S]*')}$`).test(masked(output));
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

function stepsOf(block: string): Step[] {
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((text) => {
      const [command = ''] = /^(?:.*\\\n)*.*\n/.exec(text) ?? [];
      return { command: command.trimEnd(), shown: text.slice(command.length) };
    });
}

/**
 * Runs the console blocks of a page in their order.
 * @returns the page, in which outputs that it does not show are replaced by those of the run. Shorten these by a line "…"
 */
export async function runPage(page: string, run: RunStep): Promise<string> {
  let result = '';
  let copied = 0;
  for (const { 0: whole, 1: block = '', index } of page.matchAll(BLOCK)) {
    result += `${page.slice(copied, index)}\`\`\`console\n`;
    for (const { command, shown } of stepsOf(block)) {
      const output = (await run(command)) ?? shown;
      const ended = output === '' || output.endsWith('\n') ? output : `${output}\n`;
      result += `$ ${command}\n${isShown(shown, output) ? shown : ended}`;
    }
    result += '```';
    copied = index + whole.length;
  }
  return result + page.slice(copied);
}

type Program = (
  terminal: Parameters<typeof mfaEnforcer>[0],
  args: readonly string[],
) => Promise<number>;

interface Place {
  readonly endpoint: string;
  readonly release: URL;
  readonly folder: string;
  /** Changes of the usual environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly program?: Program;
}

/**
 * Runs a command of `mfa-enforcer` inside this process, at a terminal where every question is answered with yes.
 * @param folder where the command's files are
 * @param program mfaEnforcer, or one that is connected to a fake
 */
export async function atTerminal(
  command: string,
  { endpoint, release, folder, env = {}, program = mfaEnforcer }: Place,
): Promise<string> {
  const [parsed] = await commandsIn(command, `\`\`\`sh\n${command}\n\`\`\``);
  let seen = '';
  // Progress is written over.
  const see = (text: string) => {
    if (text.startsWith(LINE_BEGIN)) seen = seen.slice(0, seen.lastIndexOf('\n') + 1);
    else seen += text;
  };
  const environment = commandEnv(endpoint, { NO_COLOR: '1', ...env });
  const { terminal } = terminalOf({
    env: environment,
    out: see,
    err: see,
    screen: { columns: 100 },
    progress: true,
    ask: async (question) => {
      see(`${question}y\n`);
      return true;
    },
    release,
  });
  const here = process.cwd();
  await inEnvironment(environment, async () => {
    process.chdir(folder);
    await program(terminal, parsed?.words.slice(1) ?? []).finally(() => process.chdir(here));
  });
  return seen;
}

/** Version 1 of the AWS CLI ignores AWS_ENDPOINT_URL for SQS, and a test may reach only loopback. */
const ON_LOOPBACK = 'aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }';

/** Runs a command of the aws CLI, or of the shell. Output and errors are in the order of a terminal. */
export function inShell(command: string, endpoint: string, folder: string): Promise<string> {
  const script = [ON_LOOPBACK, command].join('\n');
  const env = { ...commandEnv(endpoint), AWS_DEFAULT_REGION: 'us-east-1' };
  return new Promise((done) => {
    execFile('bash', ['--norc', '-c', `exec 2>&1\n${script}`], { env, cwd: folder }, (_, stdout) =>
      done(stdout),
    );
  });
}
