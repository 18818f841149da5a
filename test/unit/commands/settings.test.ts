import { describe, expect, it } from 'vitest';
import { emptyAccount } from '../../fakes/command-accounts.ts';
import { say } from '../../fakes/shell.ts';

/** Each setting: what it does to dana's state, or to a plan, is the same by flag and by variable. */
const settings: readonly [flag: string, variable: string, value: string, says: string][] = [
  ['--scope', 'MFA_ENFORCER_SCOPE', 'console-users', '"out-of-scope"'],
  ['--unblock', 'MFA_ENFORCER_UNBLOCK', 'never', '"unblock-never"'],
  ['--exempt-tags', 'MFA_ENFORCER_EXEMPT_TAGS', 'team:robots', '"exempt by the tag team=robots"'],
  [
    '--exempt-users',
    'MFA_ENFORCER_EXEMPT_USERS',
    'bot-*,DAN*',
    '"exempt by the name pattern DAN*"',
  ],
  ['--exempt-password', 'MFA_ENFORCER_EXEMPT_PASSWORD', 'ends-exemption', '"exempt-with-password"'],
  [
    '--policy-name',
    'MFA_ENFORCER_POLICY_NAME',
    'MustHaveMfa',
    '"methods": [\n        "managed-policy"\n      ]',
  ],
];
const users = {
  '--scope': {},
  '--unblock': { devices: ['S'], policies: ['arn:aws:iam::111122223333:policy/ForceMFA'] },
  '--exempt-tags': { tags: { team: 'robots' } },
  '--exempt-password': { tags: { userType: 'Service' }, password: true },
  '--policy-name': { policies: ['arn:aws:iam::111122223333:policy/MustHaveMfa'] },
} as Readonly<Record<string, object>>;

describe('a setting', () => {
  it.each(settings)('%s is the same as %s', async (flag, variable, value, says) => {
    const { endpoint, iam } = await emptyAccount();
    iam.put('dana', users[flag]);
    const explain = ['explain', 'dana', '--json'];
    const plain = await say(endpoint, explain);
    const byFlag = await say(endpoint, [...explain, flag, value]);
    const byVariable = await say(endpoint, explain, { env: { [variable]: value } });
    expect(plain.stdout).not.toContain(says);
    expect(byFlag.stdout).toContain(says);
    expect(byVariable.stdout).toBe(byFlag.stdout);
  });

  it('of a flag goes before its variable', async () => {
    const { endpoint, iam } = await emptyAccount();
    iam.put('dana');
    const env = { MFA_ENFORCER_SCOPE: 'console-users' };
    const ran = await say(endpoint, ['explain', 'dana', '--scope', 'all-users'], { env });
    expect(ran.stdout).toContain('UNPROTECTED');
  });

  it('makes the policy of the caller’s partition', async () => {
    const { endpoint, iam } = await emptyAccount({ partition: 'aws-us-gov' });
    iam.put('dana', { policies: [iam.policyArn] });
    const ran = await say(endpoint, ['explain', 'dana']);
    expect(iam.policyArn).toContain('arn:aws-us-gov:');
    expect(ran.stdout).toContain('blocked by   managed-policy');
  });

  it('makes the policy of the European Sovereign Cloud', async () => {
    const { endpoint, iam } = await emptyAccount({ partition: 'aws-eusc' });
    iam.put('dana', { policies: [iam.policyArn] });
    const ran = await say(endpoint, ['explain', 'dana']);
    expect(iam.policyArn).toContain('arn:aws-eusc:');
    expect(ran.stdout).toContain('blocked by   managed-policy');
  });

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
    ['--scope', 'some', 'must be all-users or console-users'],
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
  it.each(wrong)(
    'that is wrong is named as it was given, before AWS is asked: %s=%j',
    async (flag, value, why) => {
      const variable = `MFA_ENFORCER_${flag.slice(2).replaceAll('-', '_').toUpperCase()}`;
      const byFlag = await say('http://127.0.0.1:9', ['plan', flag, value]);
      const stderr = `Invalid configuration: ${flag} ${why}\n`;
      expect(byFlag).toMatchObject({ status: 2, stdout: '', stderr });
      const byVariable = await say('http://127.0.0.1:9', ['plan'], { env: { [variable]: value } });
      expect(byVariable).toMatchObject({
        status: 2,
        stdout: '',
        stderr: stderr.replace(flag, variable),
      });
    },
  );

  it('is one of several that are wrong: all are named', async () => {
    const ran = await say('http://127.0.0.1:9', ['plan', '--scope', 'x'], {
      env: { MFA_ENFORCER_UNBLOCK: 'y' },
    });
    expect(ran.stderr).toContain(
      '--scope must be all-users or console-users; MFA_ENFORCER_UNBLOCK must be',
    );
  });
});

describe('Mode=observe', () => {
  it.each([
    ['a flag', ['--mode', 'observe'], {}],
    ['a variable', [], { MFA_ENFORCER_MODE: 'observe' }],
  ] as const)('by %s keeps a sweep from writing, and says "would"', async (_, flags, env) => {
    const server = await emptyAccount();
    server.iam.put('dana');
    const ran = await say(server.endpoint, ['sweep', '--yes', ...flags], { env });
    expect(ran.stdout).toMatch(/^dana: would be blocked/);
    expect(server.iam.isBlocked('dana')).toBe(false);
  });
});
