import { describe, expect, it } from 'vitest';
import { emptyAccount, everyState } from '../../fakes/command-accounts.ts';
import { type DeployedStack, deployedStack } from '../../fakes/iam-endpoint.ts';
import { DECIDED_BY } from '../../fakes/report.ts';
import { say } from '../../fakes/shell.ts';

const STACK = 'iam-mfa-enforcer-prod';

/** Each setting: what it does to dana's state. It is the same by the option and by the stack's parameter. */
const settings: readonly [
  flag: string,
  parameter: string,
  value: string,
  says: string,
  dana?: object,
][] = [
  ['--scope', 'Scope', 'console-users', '"out-of-scope"'],
  [
    '--unblock',
    'Unblock',
    'never',
    '"unblock-never"',
    { devices: ['S'], policies: ['arn:aws:iam::111122223333:policy/ForceMFA'] },
  ],
  [
    '--exempt-tags',
    'ExemptTags',
    'team:robots',
    '"exempt by the tag team=robots"',
    { tags: { team: 'robots' } },
  ],
  ['--exempt-users', 'ExemptUsers', 'bot-*,DAN*', '"exempt by the name pattern DAN*"'],
  [
    '--exempt-password',
    'ExemptPassword',
    'ends-exemption',
    '"exempt-with-password"',
    { tags: { userType: 'Service' }, password: true },
  ],
  [
    '--policy-name',
    'PolicyName',
    'MustHaveMfa',
    '"methods": [\n        "managed-policy"\n      ]',
    { policies: ['arn:aws:iam::111122223333:policy/MustHaveMfa'] },
  ],
];

describe('a setting', () => {
  it.each(settings)(
    '%s is the same as %s of the stack',
    async (flag, parameter, value, says, dana = {}) => {
      const { endpoint, iam, stacks } = await emptyAccount();
      iam.put('dana', dana);
      const explain = ['explain', 'dana', '--json'];
      const plain = await say(endpoint, explain);
      const byFlag = await say(endpoint, [...explain, flag, value]);
      stacks[STACK] = deployedStack({ [parameter]: value });
      const byStack = await say(endpoint, explain);
      expect(plain.stdout).not.toContain(says);
      expect(byFlag.stdout).toContain(says);
      expect(byStack.stdout).toContain(says);
      const overridden = { [parameter]: deployedStack().parameters[parameter] };
      const from = ({ stdout }: typeof plain) =>
        (JSON.parse(stdout) as { settingsFrom: object }).settingsFrom;
      expect(from(byFlag)).toEqual({ kind: 'stack', stack: STACK, overridden });
      expect(from(byStack)).toEqual({ kind: 'stack', stack: STACK, overridden: {} });
    },
  );

  it('of an option goes before the stack’s, and the output says so', async () => {
    const { endpoint, iam, stacks } = await emptyAccount();
    iam.put('dana');
    stacks[STACK] = deployedStack({ Scope: 'console-users' });
    const ran = await say(endpoint, ['explain', 'dana', '--scope', 'all-users']);
    expect(ran.stdout).toContain('UNPROTECTED');
    expect(ran.stdout).toMatch(
      /\nSettings \(from stack iam-mfa-enforcer-prod\): mode enforce, scope all-users, .*; --scope overrides the stack’s console-users\.\n$/,
    );
  });

  it.each([
    ['MFA_ENFORCER_MODE', 'observe'],
    ['MFA_ENFORCER_SCOPE', 'console-users'],
    ['MFA_ENFORCER_EXEMPT_TAGS', 'none:none'],
    ['MFA_ENFORCER_POLICY_NAME', 'Other'],
  ])('is not taken from a forgotten variable: %s', async (variable, value) => {
    const { endpoint, iam } = await emptyAccount();
    iam.put('dana', { tags: { userType: 'Service' } });
    const plain = await say(endpoint, ['explain', 'dana']);
    const env = { [variable]: value };
    expect(await say(endpoint, ['explain', 'dana'], { env })).toEqual(plain);
  });

  it('makes the policy of the caller’s partition', async () => {
    const { endpoint, iam } = await emptyAccount({ partition: 'aws-us-gov' });
    iam.put('dana', { policies: [iam.policyArn] });
    const ran = await say(endpoint, ['explain', 'dana']);
    expect(iam.policyArn).toContain('arn:aws-us-gov:');
    expect(ran.stdout).toContain('blocked by   managed-policy');
  });

  it('is the default in the European Sovereign Cloud, where there is no stack', async () => {
    const server = await emptyAccount({ partition: 'aws-eusc' });
    const { endpoint, iam } = server;
    iam.put('dana', { policies: [iam.policyArn] });
    const ran = await say(endpoint, ['explain', 'dana']);
    expect(iam.policyArn).toContain('arn:aws-eusc:');
    expect(ran.stdout).toContain('blocked by   managed-policy');
    expect(ran.stdout).toContain('Settings (defaults: no stack was read): ');
    expect(server.counts.DescribeStacks).toBeUndefined();
  });

  it.each(['table', 'prtg', 'json'])(
    'is no reason to fail for a report in the European Sovereign Cloud: %s',
    async (format) => {
      const { endpoint, iam } = await emptyAccount({ partition: 'aws-eusc' });
      iam.put('dana', { devices: ['S'] });
      const ran = await say(endpoint, ['report', '--format', format]);
      expect(ran.stdout).not.toBe('');
      expect(ran.stderr).not.toContain('cannot be deployed');
    },
  );

  it('takes a partition that it does not know for no other', async () => {
    const { endpoint, iam } = await emptyAccount({ partition: 'aws-iso' });
    iam.put('dana', { policies: [iam.policyArn] });
    const ran = await say(endpoint, ['explain', 'dana']);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toContain('The partition aws-iso is not supported.');
  });

  it.each(['doctor', 'redrive'])(
    'looks for no deployment where there can be none: %s',
    async (command) => {
      const { endpoint } = await emptyAccount({ partition: 'aws-eusc' });
      const ran = await say(endpoint, [command]);
      expect(ran).toMatchObject({ status: 2, stdout: '' });
      expect(ran.stderr).toContain('The enforcer cannot be deployed in aws-eusc');
    },
  );

  const wrong: readonly [flag: string, value: string, why: string][] = [
    ['--mode', 'audit', 'must be enforce or observe'],
    ['--scope', 'some', 'must be all-users, console-users or no-users'],
    ['--unblock', 'no', 'must be on-enrolment or never'],
    [
      '--exempt-tags',
      'userType',
      '"userType" is not a key=value or key:value pair like userType=Service',
    ],
    ['--exempt-users', '*', '"*" would exempt every user'],
    ['--exempt-password', 'x', 'must be keep or ends-exemption'],
    ['--block-limit', 'many', 'must be "auto" or a number of users, 0 to 9999'],
    [
      '--policy-name',
      'path/ForceMFA',
      'must be a policy name without its path: letters, digits and +=,.@-_',
    ],
    ['--policy-name', '', 'must be a policy name without its path: letters, digits and +=,.@-_'],
    ['--boundary-deny', 'maybe', 'must be yes or no'],
    ['--inline-deny', 'maybe', 'must be yes or no'],
  ];
  it.each(wrong)('that is wrong is named before AWS is asked: %s=%j', async (flag, value, why) => {
    const ran = await say('http://127.0.0.1:9', ['plan', flag, value]);
    const stderr = `Invalid configuration: ${flag} ${why}\n`;
    expect(ran).toMatchObject({ status: 2, stdout: '', stderr });
  });

  it('is one of several that are wrong: all are named', async () => {
    const ran = await say('http://127.0.0.1:9', ['plan', '--scope', 'x', '--unblock', 'y']);
    expect(ran.stderr).toContain(
      '--scope must be all-users, console-users or no-users; --unblock must be',
    );
  });
});

/** Each command that decides, as it changes nothing. */
const commands = [
  ['report'],
  ['plan'],
  ['sweep', '--mode', 'observe'],
  ['explain', 'unprotected'],
  ['replay', 'events/samples/CreateUser.json'],
  ['rollback', 'protected'],
];
const SPOKE =
  'Account 111122223333 is a spoke: the hub’s settings apply, but these are the defaults. With the hub’s credentials, explain --account 111122223333 and report or plan --accounts 111122223333 use the hub’s.\n';

describe.each(commands)('%s', (...command) => {
  const name = command[0];
  const lineOf = (stdout: string) => /^Settings \((.*?)\)/m.exec(stdout)?.[1];

  it('says which stack its settings come from', async () => {
    const { endpoint, stacks } = await everyState();
    stacks['by-variable'] = deployedStack();
    stacks['by-option'] = deployedStack();
    const env = { MFA_ENFORCER_STACK: 'by-variable' };
    const from = async (args: readonly string[], change = {}) =>
      lineOf((await say(endpoint, [...command, ...args], change)).stdout);
    expect(await from([])).toBe(`from stack ${STACK}`);
    expect(await from([], { env })).toBe('from stack by-variable');
    expect(await from(['--stack', 'by-option'], { env })).toBe('from stack by-option');
    expect(await from(['--no-stack'], { env })).toBe('defaults: no stack was read');
  });

  it('says that the account has no such stack', async () => {
    const server = await everyState();
    const ran = await say(server.endpoint, [...command, '--stack', 'none']);
    expect(lineOf(ran.stdout)).toBe('defaults: this account has no stack none');
    expect(ran.stderr).toBe('');
    if (name === 'report' || name === 'plan') expect(ran.stdout).toContain(': mode observe, ');
  });

  it('says it in JSON', async () => {
    const { endpoint } = await everyState();
    const from = async (...args: string[]) => {
      const { stdout } = await say(endpoint, [...command, '--json', ...args]);
      const answers = [JSON.parse(stdout)].flat() as { readonly settingsFrom: object }[];
      return answers[0]?.settingsFrom;
    };
    expect(await from('--scope', 'all-users')).toMatchObject({
      kind: 'stack',
      stack: STACK,
      overridden: name === 'sweep' ? { Mode: 'enforce' } : {},
    });
    expect(await from('--stack', 'none')).toEqual({ kind: 'defaults', stack: 'none' });
    expect(await from('--no-stack')).toEqual({ kind: 'defaults', stack: null });
  });

  it('does not fall back to the defaults where the stack cannot be read', async () => {
    const server = await everyState();
    server.deny('DescribeStacks');
    const ran = await say(server.endpoint, command);
    expect(ran.status).toBe(3);
    expect(ran.stderr).toMatch(
      /AWS denied cloudformation:DescribeStacks\. Grant that permission to the caller\. .* The settings come from the stack iam-mfa-enforcer-prod: --no-stack uses the defaults and the options\.\n$/,
    );
    if (name !== 'replay') expect(ran.stdout).toBe('');
    expect((await say(server.endpoint, [...command, '--no-stack'])).stderr).toBe('');
  });

  it('reports an account that is a spoke', async () => {
    const server = await everyState();
    server.iam.roles['ForceMFA-read'] = {};
    const args = [...command, '--stack', 'none'];
    expect((await say(server.endpoint, args)).stderr).toBe(SPOKE);
    expect((await say(server.endpoint, command)).stderr).toBe('');
    server.deny('ListRoleTags');
    expect((await say(server.endpoint, args)).stderr).toBe('');
  });
});

it.each([
  ['in a spoke', 'The hub decides who is blocked in account 111122223333', false],
  [
    'where it cannot read whether this is a spoke',
    'iam:ListRoleTags on the role of a spoke is needed',
    true,
  ],
] as const)('sweep blocks no one by the defaults %s', async (_, why, denied) => {
  const server = await everyState();
  server.iam.roles['ForceMFA-read'] = {};
  if (denied) server.deny('ListRoleTags');
  const args = ['sweep', '--stack', 'none', '--mode', 'enforce', '--yes'];
  const ran = await say(server.endpoint, args);
  expect(ran).toMatchObject({ status: 1, stdout: '' });
  expect(ran.stderr).toContain(why);
  expect(server.iam.writes.filter((action) => action !== 'GetCallerIdentity')).toEqual([]);
  expect((await say(server.endpoint, [...args.slice(0, 1), '--no-stack', '--yes'])).status).toBe(0);
});

const unreadable: readonly (readonly [string, number, RegExp, DeployedStack])[] = [
  [
    'of another kind',
    2,
    /^The stack iam-mfa-enforcer-prod has no parameter Scope, Unblock, .*: it is another stack, or an older release\. Name the enforcer’s stack with --stack, or pass --no-stack .*\n$/,
    { status: 'CREATE_COMPLETE', parameters: { Mode: 'enforce', Vpc: 'vpc-1' } },
  ],
  [
    'with a value that this release does not know',
    2,
    /^Invalid configuration: Mode of the stack iam-mfa-enforcer-prod must be enforce or observe\n$/,
    deployedStack({ Mode: 'audit' }),
  ],
  ...['REVIEW_IN_PROGRESS', 'ROLLBACK_COMPLETE', 'ROLLBACK_IN_PROGRESS', 'CREATE_FAILED'].map(
    (status) =>
      [
        `that is ${status}`,
        3,
        new RegExp(
          `^The stack iam-mfa-enforcer-prod is ${status}, so its parameters may not be what is deployed\\. .* --no-stack uses the defaults and the options\\.\\n$`,
        ),
        deployedStack({}, status),
      ] as const,
  ),
];

describe('a stack', () => {
  it.each(unreadable)('%s has no settings', async (_, status, says, stack) => {
    const { endpoint, stacks } = await everyState();
    stacks[STACK] = stack;
    const ran = await say(endpoint, ['plan']);
    expect(ran).toMatchObject({ status, stdout: '', stderr: expect.stringMatching(says) });
  });

  it.each([
    'UPDATE_IN_PROGRESS',
    'UPDATE_ROLLBACK_COMPLETE',
    'UPDATE_ROLLBACK_FAILED',
    'DELETE_FAILED',
  ])('that is %s has settings', async (status) => {
    const { endpoint, stacks } = await everyState();
    stacks[STACK] = deployedStack({}, status);
    expect((await say(endpoint, ['plan'])).stdout).toContain(DECIDED_BY);
  });

  it('that AWS throttles is not taken for none', async () => {
    const server = await everyState();
    server.failNext('DescribeStacks', 'Throttling');
    const ran = await say(server.endpoint, ['plan'], { env: { AWS_MAX_ATTEMPTS: '1' } });
    expect(ran).toMatchObject({ status: 3, stdout: '' });
    expect(ran.stderr).toMatch(/^AWS throttled the call \(cloudformation:DescribeStacks\) /);
    expect(ran.stderr).toMatch(/: --no-stack uses the defaults and the options\.\n$/);
  });

  it.each([
    [
      ['--stack', ''],
      {},
      '--stack: "" is not the name of a stack: it must begin with a letter and have only letters, digits and hyphens.\n',
    ],
    [
      ['--stack', 'a b'],
      {},
      '--stack: "a b" is not the name of a stack: it must begin with a letter and have only letters, digits and hyphens.\n',
    ],
    [
      [],
      { MFA_ENFORCER_STACK: '' },
      'MFA_ENFORCER_STACK: "" is not the name of a stack: it must begin with a letter and have only letters, digits and hyphens.\n',
    ],
  ])('has a legal name: %j %j', async (args, env, stderr) => {
    // DescribeStacks without a name answers with every stack.
    const ran = await say('http://127.0.0.1:9', ['plan', ...args], { env });
    expect(ran).toEqual({ status: 2, stdout: '', stderr });
  });

  it('is named by nothing else where --no-stack is given', async () => {
    const { endpoint } = await everyState();
    const env = { MFA_ENFORCER_STACK: '' };
    expect((await say(endpoint, ['plan', '--no-stack'], { env })).status).toBe(1);
  });
});
