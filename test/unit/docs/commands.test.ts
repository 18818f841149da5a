import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mfaEnforcer } from '../../../functions/commands/program.ts';
import {
  flagOf,
  parameterProblem,
  type TemplateParameter,
} from '../../../functions/domain/deployment/parameters.ts';
import { MAIL_TEXT_FILE } from '../../../infra/bundle.ts';
import { commandEnv, inEnvironment } from '../../fakes/command.ts';
import {
  ANSWER,
  commandsIn,
  type DocumentedCommand,
  documents,
  snippetsIn,
} from '../../fakes/documented-commands.ts';
import { templateParameters } from '../../fakes/release.ts';
import { terminalOf } from '../../fakes/shell.ts';

const folder = mkdtempSync(join(tmpdir(), 'commands-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const writable = join(folder, 'output');

/** Words that stand for a reader's own, with a value that can be meant. */
const placeholders: Readonly<Record<string, string>> = {
  ARN: 'arn:aws:sns:us-east-1:111122223333:alarms',
  COMMAND: 'report',
  FILE: writable,
  HOURS: '26',
  HUB: '111122223333',
  ID: '111122223333',
  'ID,ID': '111122223333,222233334444',
  KIND: 'user-blocked',
  MODE: 'observe',
  NAME: 'table',
  NUMBER: '5',
  OU: 'ou-ab12-11111111',
  'OU,OU': 'ou-ab12-11111111,ou-ab12-22222222',
  'o-…': 'o-abcdefghij',
  'ou-…': 'ou-ab12-11111111',
  SECONDS: '300',
  '…': 'table',
  'mail-text.md': MAIL_TEXT_FILE,
  'mails/': join(folder, 'mails'),
  '/var/lib/node_exporter/mfa_enforcer.prom': writable,
};

interface Package {
  readonly name: string;
  readonly version: string;
  readonly scripts: Readonly<Record<string, string>>;
}
const { name, version, scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as Package;
const parameters = Object.entries(templateParameters()) as [string, TemplateParameter][];

/** What is wrong with a command; null where nothing is. */
type Rule = (args: readonly string[], command: DocumentedCommand) => Promise<string | null>;

/** It runs with an AWS that does not answer. A usage error comes before the first call. */
const runOurs: Rule = async (args, { inline }) => {
  const value = parameters.map(([parameter, rules]) => {
    // doctor's --probe is no parameter.
    const index = args[0] === 'doctor' ? -1 : args.indexOf(flagOf(parameter));
    const given = index === -1 ? undefined : args[index + 1];
    return given === undefined ? null : parameterProblem(parameter, given, rules);
  });
  const wrong = value.find((problem) => problem !== null);
  if (wrong) return wrong;
  // A sentence may name a command without its arguments.
  const isName = inline && args.every((word) => /^[a-z]+$/.test(word));
  const env = commandEnv('http://127.0.0.1:9', {
    AWS_MAX_ATTEMPTS: '1',
    AWS_ACCESS_KEY_ID: undefined,
  });
  const { terminal, err } = terminalOf({ env });
  const hub = new Proxy({ terminal } as Record<string | symbol, unknown>, {
    get: (known, name) => {
      if (name === 'terminal' || name === 'then') return known[name];
      throw new Error('the first call to AWS');
    },
  });
  const status = await inEnvironment(env, () =>
    mfaEnforcer(terminal, isName ? [...args, '--help'] : args, async () => hub as never),
  );
  return status === 2 ? err.join('') : null;
};

const runNpm: Rule = async ([first = '', ...rest], command) => {
  if (first === 'run') {
    const [script = '', separator, ...args] = rest;
    const runs = scripts[script];
    if (runs === undefined) return `package.json has no script "${script}"`;
    if (script === 'deploy') return runOurs(['deploy', ...args], command);
    return separator === '--' ? unknownFlag(runs, args) : null;
  }
  if (first === 'start') return unknownFlag(scripts.start ?? '', rest.slice(1));
  if (first === 'install' && rest.length > 0) {
    const installed = rest.at(-1);
    return [name, `./${name}-${version}.tgz`].includes(installed ?? '')
      ? null
      : `${installed} is not this package`;
  }
  return ['audit', 'ci', 'install', 'link', 'sbom', 'test'].includes(first)
    ? null
    : `npm ${first} is unknown`;
};

/** A flag that the script's program does not read. */
function unknownFlag(script: string, args: readonly string[]): string | null {
  const program = readFileSync(
    script.split(' ').find((word) => word.endsWith('.ts')) ?? '',
    'utf8',
  );
  const flags = args.filter((word) => word.startsWith('--'));
  const unknown = flags.find((flag) => !new RegExp(`\\b${flag.slice(2)}\\b`).test(program));
  return unknown === undefined ? null : `${script} has no option ${unknown}`;
}

const runNpx: Rule = async ([program = '', ...args]) => {
  if (program === name) return null;
  if (!existsSync(`node_modules/.bin/${program}`)) return `npx ${program}: no package has it`;
  const tier = args[args.indexOf('--project') + 1];
  if (args.includes('--project') && !readdirSync('test').includes(tier ?? '')) {
    return `there is no tier ${tier}`;
  }
  return args.find((word) => word.includes('/') && !existsSync(word)) ?? null;
};

const rules: Readonly<Record<string, Rule>> = {
  'mfa-enforcer': runOurs,
  npm: runNpm,
  npx: runNpx,
  nvm: async ([use]) => (use === 'use' && existsSync('.nvmrc') ? null : 'nvm only uses .nvmrc'),
  sha256sum: async ([, file]) =>
    readFileSync('infra/release.ts', 'utf8').includes(`'${file}'`)
      ? null
      : `no release has ${file}`,
  aws: async () => null,
};

let all: DocumentedCommand[] = [];
beforeAll(async () => {
  const each = documents.map((file) => commandsIn(file, readFileSync(file, 'utf8')));
  all = (await Promise.all(each)).flat().map((command) => ({
    ...command,
    words: command.words.map((word) => placeholders[word] ?? word),
  }));
});

/** Each command once, with its first place. */
const distinct = () => [
  ...new Map(
    all.toReversed().map((command) => [JSON.stringify([command.words, command.inline]), command]),
  ).values(),
];

describe('the commands of the documents', () => {
  it('are found in blocks, in sentences, and in lines of other files', async () => {
    const text = [
      'Run `mfa-enforcer plan`, not `plan`.',
      '```console',
      "$ aws iam tag-user --user-name 'a b' \\",
      '    --tags Key=a,Value=b && npm test',
      'output of it',
      '```',
      '```sh',
      'out() { aws sts "$1"; }',
      'npm run "$(out get-caller-identity)"   # a comment',
      '```',
      '```',
      '* * * * * user A=b /opt/mfa-enforcer/bin/mfa-enforcer report --format <table|csv> [--json]',
      '```',
    ].join('\n');
    const found = await commandsIn('x.md', text);
    expect(found.map(({ place, words }) => [place, ...words].join(' '))).toEqual([
      'x.md:3 aws iam tag-user --user-name a b --tags Key=a,Value=b',
      'x.md:3 npm test',
      'x.md:8 aws sts get-caller-identity',
      `x.md:8 npm run ${ANSWER}`,
      'x.md:12 mfa-enforcer report --format table --json',
      'x.md:12 mfa-enforcer report --format csv --json',
      'x.md:1 mfa-enforcer plan',
    ]);
    expect(snippetsIn('x.md', text).map(({ inline }) => inline)).toEqual([
      false,
      false,
      true,
      true,
      true,
    ]);
    await expect(commandsIn('x.md', '```sh\nnpm test | (\n```')).rejects.toThrow('x.md');
  });

  it('are many', () => {
    expect(all.length).toBeGreaterThan(200);
    expect(new Set(all.map(({ place }) => place.split(':')[0])).size).toBeGreaterThan(15);
  });

  it('name only programs that a rule below checks', () => {
    const unknown = all.filter(({ words: [program = ''] }) => rules[program] === undefined);
    expect(unknown.map(({ place, words }) => `${place}: ${words.join(' ')}`)).toEqual([]);
  });

  it('work', async () => {
    const wrong: string[] = [];
    for (const command of distinct()) {
      const [program = '', ...args] = command.words;
      const problem = await rules[program]?.(args, command);
      if (problem) wrong.push(`${command.place}: ${command.words.join(' ')}: ${problem}`);
    }
    expect(wrong).toEqual([]);
  });

  const wrong: readonly (readonly string[])[] = [
    ['mfa-enforcer', 'plan', '--scpe', 'console-users'],
    ['mfa-enforcer', 'plan', '--scope', 'consoles'],
    ['mfa-enforcer', 'report', '--format', 'xml'],
    ['mfa-enforcer', 'organization', 'deploy', '--ou', 'ou-ab12-11111111'],
    ['mfa-enforcer', 'deploy', '--block-limit', 'many'],
    ['npm', 'run', 'tests'],
    ['npm', 'start', '--', '--kep'],
    ['npm', 'run', 'deploy', '--', '--mod', 'observe'],
    ['npm', 'install', '--global', 'mfa-enforcer'],
    ['npx', 'vitests', 'run'],
    ['npx', 'vitest', 'run', '--project', 'unit', 'test/unit/gone.test.ts'],
    ['sha256sum', '--check', 'SHA512SUMS'],
  ];
  it.each(wrong)('are rejected, as %s %s %s %s', async (...words) => {
    const [program = '', ...args] = words;
    const problem = await rules[program]?.(args, { place: 'x.md:1', words, inline: false });
    expect(problem).toEqual(expect.any(String));
  });
});

/** Commands that only version 2 of the AWS CLI has (AWS CLI User Guide, "Changes in version 2"; its reference). */
const VERSION_2 = /^(logs tail|login|configure mfa-login|configure list-profiles|sso login)\b/;
const python = promisify(execFile)('python3', ['-c', 'import awscli']).then(
  () => true,
  () => false,
);
const hasAwsCli = await python;
if (!hasAwsCli)
  process.stderr.write('\nDOCUMENTED AWS COMMANDS SKIPPED: no awscli for python3\n\n');

/** What the aws CLI says of each command, or null. test/fakes/aws_commands.py says how. */
async function askAwsCli(commands: readonly (readonly string[])[]): Promise<(string | null)[]> {
  const args = ['test/fakes/aws_commands.py', JSON.stringify(commands)];
  const { stdout } = await promisify(execFile)('python3', args);
  return JSON.parse(stdout) as (string | null)[];
}

describe.skipIf(!hasAwsCli)('the documented commands of the aws CLI', () => {
  it('have options and parameters that the CLI and AWS’s models accept', async () => {
    const commands = distinct().filter(
      ({ words: [program, ...args] }) => program === 'aws' && !VERSION_2.test(args.join(' ')),
    );
    expect(commands.length).toBeGreaterThan(20);
    // A sentence may name a command without its arguments.
    const named = commands.map(({ words: [, ...args], inline }) =>
      inline && args.length === 2 ? [...args, 'help'] : args,
    );
    const answers = await askAwsCli(named);
    const wrong = commands.flatMap(({ place, words }, index) =>
      answers[index] === null ? [] : [`${place}: ${words.join(' ')}: ${answers[index]}`],
    );
    expect(wrong).toEqual([]);
  });

  it('would be rejected with a wrong command, option, parameter or value', async () => {
    const answers = await askAwsCli([
      ['iam', 'tag-users', '--user-name', 'dana'],
      ['iam', 'tag-user', '--user', 'dana', '--tags', 'Key=a,Value=b'],
      ['iam', 'tag-user', '--user-name', 'dana'],
      ['iam', 'tag-user', '--user-name', 'dana', '--tags', 'Key=a,Val=b'],
      ['cloudwatch', 'describe-alarms', '--max-records', 'many'],
      ['iam', 'tag-userss', 'help'],
    ]);
    for (const answer of answers) expect(answer).toEqual(expect.any(String));
  });
});
