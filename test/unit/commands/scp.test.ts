import { describe, expect, it } from 'vitest';
import { protectingScp } from '../../../functions/domain/deployment/protecting-scp.ts';
import { forceMfaScp } from '../../../functions/domain/rules/scp.ts';
import { emptyAccount } from '../../fakes/command-accounts.ts';
import { deployedStack } from '../../fakes/iam-endpoint.ts';
import { say } from '../../fakes/shell.ts';

const NOWHERE = 'http://127.0.0.1:9';
const offline = ['policy', '--no-stack', '--scp'];

describe('policy --scp', () => {
  it('prints the SCP with the settings of the deployed stack', async () => {
    const { endpoint, stacks } = await emptyAccount();
    stacks['iam-mfa-enforcer-prod'] = deployedStack({
      ExemptTags: 'team=robots',
      ExemptUsers: 'bot-*',
      EnrolWith: 'console-and-keys',
    });
    const ran = await say(endpoint, ['policy', '--scp']);
    expect(ran.status).toBe(0);
    expect(JSON.parse(ran.stdout)).toEqual(
      forceMfaScp('aws', {
        enrolWith: 'console-and-keys',
        exemptTags: [{ key: 'team', value: 'robots' }],
        exemptUsers: ['bot-*'],
      }),
    );
    expect(ran.stderr).toContain('Note: An SCP binds no user of the management account.\n');
    expect(ran.stderr).toContain('Note: It compares names with their case.');
  });

  it('prints the SCP that protects the deployed enforcer', async () => {
    const { endpoint, stacks } = await emptyAccount();
    stacks.mfa = deployedStack({
      PolicyName: 'MustHaveMfa',
      InlineDeny: 'yes',
      SlackWebhookParameter: '/team/webhook',
      NotifyTextParameter: '/team/mail-text',
    });
    const args = ['policy', '--scp', 'protect-enforcer', '--admin', 'role/A', '--admin', 'role/B'];
    const ran = await say(endpoint, [...args, '--stack', 'mfa']);
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(ran.stdout)).toEqual(
      protectingScp({
        stack: 'mfa',
        policyName: 'MustHaveMfa',
        exemptKeys: ['userType'],
        parameters: ['/team/webhook', '/team/mail-text'],
        admins: ['role/A', 'role/B'],
        boundaryDeny: false,
        inlineDeny: true,
      }),
    );
  });

  it('needs no AWS with --no-stack', async () => {
    const ran = await say(NOWHERE, [...offline, '--partition', 'aws-us-gov']);
    expect(ran.status).toBe(0);
    expect(ran.stdout).toContain('"arn:aws-us-gov:iam::*:user/*"');
  });

  it.each([
    [[], true],
    [['protect-enforcer', '--admin', 'role/SecurityAdmin'], false],
  ])(
    'is indented only where white space leaves it within 5,120 characters: %j',
    async (args, indented) => {
      const { stdout } = await say(NOWHERE, [...offline, ...args]);
      expect(stdout.length).toBeLessThanOrEqual(5121);
      expect(stdout.trimEnd().includes('\n')).toBe(indented);
    },
  );

  const many = Array.from({ length: 20 }, (_, index) => `service-account-number-${index}-*`);
  const long = [...offline, '--exempt-users', many.join(',')];

  it('that does not fit into one is printed in parts', async () => {
    const whole = await say(NOWHERE, long);
    expect(whole).toMatchObject({ status: 2, stdout: '' });
    const said = /The SCP has (\d+) characters, and 5120 is the limit\. Print its (\d) parts/.exec(
      whole.stderr,
    );
    const [, characters, count] = said ?? [];
    expect(Number(characters)).toBeGreaterThan(5120);
    const parts = await Promise.all(
      Array.from({ length: Number(count) }, (_, part) =>
        say(NOWHERE, [...long, '--part', `${part + 1}`]),
      ),
    );
    const printed = parts.map(({ stdout }) => stdout);
    expect(Math.max(...printed.map(({ length }) => length))).toBeLessThanOrEqual(5121);
    const statements = printed.flatMap(
      (text) => (JSON.parse(text) as { Statement: object[] }).Statement,
    );
    const { Statement } = forceMfaScp('aws', {
      enrolWith: 'console',
      exemptTags: [{ key: 'userType', value: 'Service' }],
      exemptUsers: many,
    });
    expect(statements).toEqual(Statement);
    const beyond = await say(NOWHERE, [...long, '--part', '9']);
    expect(beyond.stderr).toContain(`--part 9: the SCP has ${count} parts.`);
  });

  it.each([
    [[...offline, '--scope', 'console-users'], 'An SCP does not know who has a password'],
    [[...offline, '--scope', 'no-users'], 'nobody must have MFA, so there is no SCP to print'],
    [[...offline, 'protect-enforcer'], 'Without an administrator nobody could change'],
    [[...offline, 'protect-enforcer', '--admin', 'Admin'], 'Must be a role or a user'],
    [[...offline, '--part', '0'], 'Must be a number from 1 to 9.'],
    [[...offline, '--part', '2'], '--part 2: the SCP has 1 part.'],
    [[...offline, '--form', 'inline'], "cannot be used with option '--form <form>'"],
    [
      [
        ...long,
        '--exempt-tags',
        `team=${'x'.repeat(256)}`,
        '--exempt-users',
        Array.from({ length: 60 }, (_, i) => `service-account-number-${i}-*`).join(','),
      ],
      'The statement DenyAllButEnrollingWithoutMfa does not fit into an SCP',
    ],
  ])('refuses %j', async (args, says) => {
    const ran = await say(NOWHERE, args);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toContain(says);
  });
});
