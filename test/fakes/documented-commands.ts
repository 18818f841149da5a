import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A command that a document names. */
export interface DocumentedCommand {
  /** File and line. */
  readonly place: string;
  /** The program and its arguments, as a shell splits them. */
  readonly words: readonly string[];
  /** Named in a sentence: it may leave out its arguments. */
  readonly inline: boolean;
}

/** Text that a shell reads: a block, or code in a sentence. */
export interface Snippet {
  readonly place: string;
  readonly script: string;
  readonly inline: boolean;
}

/** The documents whose commands people run, without the licences of others. */
export const documents = [
  ...readdirSync('.').filter((file) => file.endsWith('.md')),
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md') && file !== 'third-party.md')
    .map((file) => join('docs', file)),
];

const SHELL = new Set(['sh', 'bash', 'console']);
const PROGRAMS = /^(mfa-enforcer|npm|npx|aws|node|out|errors) /;
/** What every command answers to the one around it: long enough for an ARN. */
export const ANSWER = 'arn:aws:any:us-east-1:111122223333:answer';

/** Where a monitor finds the program. */
const PREFIX = '/opt/mfa-enforcer/bin/';

/**
 * The text of a document that a shell would read: blocks of sh and console, commands in a line of another block, and code in
 * a sentence that begins with one of our programs.
 */
export function snippetsIn(file: string, text: string): Snippet[] {
  const snippets: Snippet[] = [];
  const prose: string[] = [];
  let block: { readonly language: string; readonly line: number; readonly lines: string[] } | null =
    null;
  for (const [index, line] of text.split('\n').entries()) {
    const [, fence] = /^ *```(\w*)/.exec(line) ?? [];
    prose.push('');
    if (fence !== undefined && block === null) {
      block = { language: fence, line: index + 2, lines: [] };
    } else if (fence !== undefined && block !== null) {
      snippets.push(...ofBlock(file, block));
      block = null;
    } else if (block !== null) block.lines.push(line);
    else prose[index] = line;
  }
  const sentences = prose.join('\n');
  for (const { 1: code = '', index } of sentences.matchAll(/`([^`]+)`/g)) {
    const script = code.replaceAll(/\s+/g, ' ');
    const line = sentences.slice(0, index).split('\n').length;
    if (!PROGRAMS.test(script)) continue;
    for (const one of synopses(script)) {
      snippets.push({ place: `${file}:${line}`, script: one, inline: true });
    }
  }
  return snippets;
}

function ofBlock(
  file: string,
  { language, line, lines }: { language: string; line: number; lines: readonly string[] },
): Snippet[] {
  if (SHELL.has(language)) {
    const script = language === 'console' ? typed(lines) : lines.join('\n');
    return [{ place: `${file}:${line}`, script: unprefixed(script), inline: false }];
  }
  // A line of cron, of a monitor's configuration, or of a command's usage.
  return lines.flatMap((text, index) => {
    const [, args] = /(?:^|[/ ])mfa-enforcer((?: [-\w<[][^{}]*)?)$/.exec(text) ?? [];
    if (args === undefined) return [];
    const place = `${file}:${line + index}`;
    return synopses(`mfa-enforcer${args}`).map((script) => ({ place, script, inline: true }));
  });
}

/** What a person types in a console: the lines after the prompt, with those that continue them. */
function typed(lines: readonly string[]): string {
  let continues = false;
  const own = lines.filter((line) => {
    const isTyped = continues || line.trimStart().startsWith('$ ');
    continues = isTyped && line.endsWith('\\');
    return isTyped;
  });
  return own.map((line) => line.replace(/^ *\$ /, '')).join('\n');
}

/** Usage as commands: with every optional part, and one for each of alternatives. */
function synopses(usage: string): string[] {
  const all = unprefixed(usage.replaceAll(/[[\]]/g, ''));
  const [alternatives, choices] = /<([\w-]+(?:\|[\w-]+)+)>/.exec(all) ?? [];
  if (alternatives === undefined || choices === undefined) return [all];
  return choices.split('|').flatMap((choice) => synopses(all.replace(alternatives, choice)));
}

/** Without our folder, and with <the unit> as THE-UNIT, which a shell takes for a word. */
const unprefixed = (script: string) =>
  script
    .replaceAll(PREFIX, '')
    .replaceAll(/<([a-z][a-z ]*)>/g, (_, words: string) =>
      words.toUpperCase().replaceAll(' ', '-'),
    );

/**
 * Has bash read all snippets of a document in turn, with no program but a recorder, so that quotes, functions and
 * substitutions are the shell's own.
 * @throws Error that names the place where bash finds a syntax error
 */
export async function commandsIn(file: string, text: string): Promise<DocumentedCommand[]> {
  const snippets = snippetsIn(file, text);
  if (snippets.length === 0) return [];
  const folder = mkdtempSync(join(tmpdir(), 'documented-'));
  try {
    const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;
    const script = join(folder, 'script');
    writeFileSync(
      script,
      [
        'PATH=/nowhere',
        'exec 3>>record',
        `command_not_found_handle() { printf '%s\\0' "$(( $# + 1 ))" "$SNIPPET" "$@" >&3; echo ${ANSWER}; }`,
        'exit() { :; }',
        ...snippets.map(({ script }, index) => `SNIPPET=${index}; eval ${quoted(script)}`),
      ].join('\n'),
    );
    const bash = ['--norc', '--noprofile', script];
    const { stderr } = await promisify(execFile)('bash', bash, { cwd: folder }).catch(
      (error: { stderr: string }) => error,
    );
    if (stderr !== '') throw new Error(`${file}: ${stderr}`);
    const fields = readFileSync(join(folder, 'record'), 'utf8').split('\0').slice(0, -1);
    const commands: DocumentedCommand[] = [];
    while (fields.length > 0) {
      const [index, ...words] = fields.splice(0, Number(fields.shift()));
      const { place, inline } = snippets[Number(index)] as Snippet;
      commands.push({ place, words, inline });
    }
    return commands;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
