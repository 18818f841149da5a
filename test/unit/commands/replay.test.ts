import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { tamperingById } from '../../../events/tampering.ts';
import { run } from '../../fakes/command.ts';
import { emptyAccount, everyState } from '../../fakes/command-accounts.ts';
import { deployedStack } from '../../fakes/iam-endpoint.ts';
import type { IamServer } from '../../fakes/iam-server.ts';
import { iamEvent, START } from '../../fakes/pipeline.ts';
import { SETTINGS_LINE } from '../../fakes/report.ts';
import { say } from '../../fakes/shell.ts';

interface Replayed {
  readonly event: { readonly id: string; readonly name: string };
  readonly users: readonly string[];
  readonly dropped: string | null;
  readonly decisions: readonly { readonly user: string; readonly action: string }[];
}

type Expected =
  | { readonly users: readonly string[] }
  | { readonly dropped: string }
  | { readonly policy: string }
  | {
      readonly tampering: string;
      readonly resources: string[];
    }
  | { readonly unparsable: string };

/** A sample for each shape of the JSON. */
const SHOWN = new Set([
  'CreateUser',
  'CreateUser.failed-exists',
  'CreateUser.illegal-user-name',
  'DeleteUser',
  'EnableMFADevice.root',
  'SetDefaultPolicyVersion',
  'tampering.StopLogging',
  'truncated.no-event-name',
]);
const folder = new URL('../../../events/samples/', import.meta.url);
const expectations = JSON.parse(
  readFileSync(new URL('../events/samples.expected.json', import.meta.url), 'utf8'),
) as Record<string, Expected>;
const samples = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -'.json'.length));
const bodyOf = (name: string) => readFileSync(new URL(`${name}.json`, folder), 'utf8');

/** EventBridge's envelope. An auditor's export has only the record. */
function bare(name: string): string {
  const value = JSON.parse(bodyOf(name)) as { detail?: object };
  return JSON.stringify(value.detail ?? value);
}

function enveloped(name: string): string {
  const value = JSON.parse(bodyOf(name)) as { detail?: object; recipientAccountId?: string };
  if (value.detail) return JSON.stringify(value);
  const detailType = 'AWS API Call via CloudTrail';
  return JSON.stringify({
    'detail-type': detailType,
    account: value.recipientAccountId,
    detail: value,
  });
}

/** Bare, the envelope's account is not there to differ. */
function expectedOf(name: string, form: string): Expected | undefined {
  if (name === 'CreateUser.accounts-differ' && form === 'bare') return { users: ['dana'] };
  // An old record is taken to be of its caller's account, which no one vouches for in the queue.
  if (name === 'no-account') return { users: ['dana'] };
  return expectations[name];
}

let server: IamServer;
beforeAll(async () => {
  server = await emptyAccount();
  server.iam.put('dana', { password: true });
});

const forms = { enveloped, bare };
const cases = Object.keys(forms).flatMap((form) => samples.map((name) => ({ form, name })));

describe('replay of every sample', () => {
  it.each(cases)('$form: $name', async ({ form, name }) => {
    const input = forms[form as keyof typeof forms](name);
    const readInput = async () => Buffer.from(input);
    const message = await say(server.endpoint, ['replay', '-', '--json'], { readInput });
    const expected = expectedOf(name, form);
    if (expected === undefined || 'unparsable' in expected) {
      expect(message).toMatchObject({ status: 2, stdout: '' });
      expect(message.stderr).toMatch(/^Cannot read an event from standard input: [^\n]+\n$/);
      expect(message.stderr).not.toMatch(/Invalid|expected|received|undefined/);
      return;
    }
    const [replayed] = JSON.parse(message.stdout) as [Replayed];
    expect(Object.keys(replayed)).toEqual([
      'record',
      'event',
      'users',
      'about',
      'dropped',
      'decidedBy',
      'settingsFrom',
      'decisions',
    ]);
    expect(message.stderr).toBe('');
    if ('users' in expected) {
      expect(replayed).toMatchObject({ users: expected.users, dropped: null });
      expect(replayed.decisions.map(({ user }) => user)).toEqual(expected.users);
      expect(message.status).toBe(expected.users.includes('dana') ? 1 : 0);
      return;
    }
    expect(replayed).toMatchObject({ users: [], decisions: [] });
    expect(message.status).toBe(0);
    if ('dropped' in expected) expect(replayed.dropped).toBe(expected.dropped);
    if ('policy' in expected && 'defaultVersionId' in expected) {
      expect(replayed.dropped).toBe(
        `the event concerns the policy ${expected.policy}, which the pipeline would check, and no user`,
      );
    }
    if ('probe' in expected && 'policy' in expected) {
      expect(replayed.dropped).toBe(
        `the event concerns a tag of the policy ${expected.policy}, which a probe of the event path writes, and no user`,
      );
      return;
    }
    if ('tampering' in expected) {
      const { tampering, resources } = expected;
      const reported = `the event concerns no user and would be reported as tampering: ${tamperingById(tampering)?.text} (${resources.at(-1)})`;
      const unrelated =
        'the event concerns no resource of the enforcer (stack iam-mfa-enforcer-prod, policy ForceMFA)';
      expect(replayed.dropped).toBe(name.includes('strangers') ? unrelated : reported);
    }
  });

  it.each([
    ['text', [], cases],
    ['json', ['--json'], cases.filter(({ form, name }) => form === 'enveloped' && SHOWN.has(name))],
  ])('is as in the golden file, as %s', async (format, flags, shown) => {
    const all: string[] = [];
    for (const { form, name } of shown) {
      const readInput = async () => Buffer.from(forms[form as keyof typeof forms](name));
      const now = () => new Date(START);
      const message = await say(server.endpoint, ['replay', '-', ...flags], { readInput, now });
      all.push(`# ${form} ${name}: ${message.status}\n${message.stdout}${message.stderr}`);
    }
    await expect(all.join('\n')).toMatchFileSnapshot(`golden/replay/${format}.txt`);
  });

  it('writes nothing', () => {
    expect(server.iam.writes.filter((action) => action !== 'GetCallerIdentity')).toEqual([]);
  });
});

const CREATED = 'events/samples/CreateUser.json';
const account = async () => {
  const one = await emptyAccount();
  one.iam.put('dana');
  return one;
};

describe('replay', () => {
  it('names the users of a file, and what would be done', async () => {
    const { endpoint, iam } = await account();
    expect(await run(endpoint, ['replay', CREATED])).toMatchObject({
      status: 1,
      stdout:
        'Event    CreateUser at 2024-08-01T13:42:21.000Z\n' +
        'Users    dana\n' +
        `         dana: would be blocked: no MFA device, no exemption\n${SETTINGS_LINE}\n`,
      stderr: '',
    });
    expect(iam.isBlocked('dana')).toBe(false);
  });

  it('does it with --enforce', async () => {
    const { endpoint, iam } = await account();
    const ran = await run(endpoint, ['replay', '-', '--enforce', '--json'], {
      input: bodyOf('CreateUser'),
    });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(ran.stdout)).toMatchObject([
      {
        event: { name: 'CreateUser', actor: { name: 'SecurityAdmin/alice' } },
        decisions: [
          { user: 'dana', action: 'block', status: 'unprotected', blocked: false, enforced: true },
        ],
      },
    ]);
    expect(iam.isBlocked('dana')).toBe(true);
  });

  it('reports what was dropped, and why', async () => {
    const { endpoint } = await account();
    expect(await run(endpoint, ['replay', 'events/samples/ChangePassword.json'])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(
        /\nDropped {2}a changed password changes neither scope nor MFA\n$/,
      ),
    });
  });

  it('reports that a derived name belongs to no user', async () => {
    const { endpoint } = await account();
    const ran = await run(endpoint, ['replay', 'events/samples/DeleteVirtualMFADevice.json']);
    expect(ran).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('danas-phone: no such user in this account\n'),
    });
  });

  it('decides nothing before IAM shows the change', async () => {
    const { endpoint } = await account();
    const ago = (START - Date.now()) / 1000 + 30;
    const input = iamEvent('EnableMFADevice', { ago, parameters: { serialNumber: 'S' } });
    const ran = await run(endpoint, ['replay', '-'], { input });
    expect(ran.stdout).toContain(
      'dana: IAM does not show the change yet (device S is not listed yet). Try again',
    );
    expect(ran.status).toBe(3);
  });

  it.each([[], ['--enforce']])(
    'decides nothing about a user of another account, and names the user: %j',
    async (...options) => {
      const { endpoint, iam } = await emptyAccount({ account: '222233334444' });
      iam.put('dana');
      const ran = await run(endpoint, ['replay', CREATED, '--json', ...options]);
      expect(ran.status).toBe(3);
      expect(JSON.parse(ran.stdout)).toMatchObject([{ users: ['dana'], decisions: [] }]);
      expect(ran.stderr).toBe(
        'Could not decide: 1 user of account 111122223333: the credentials are for account 222233334444. Name a profile of account 111122223333 with --profile.\n',
      );
      expect(iam.writes).toEqual([]);
    },
  );

  it('names the user without AWS', async () => {
    const none = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
    const ran = await run('http://127.0.0.1:9', ['replay', CREATED, '--json'], { env: none });
    expect(ran.status).toBe(3);
    expect(JSON.parse(ran.stdout)).toMatchObject([
      { users: ['dana'], dropped: null, decisions: [] },
    ]);
    expect(ran.stderr).toMatch(/^Could not decide: No AWS credentials: /);
    const dropped = await run(
      'http://127.0.0.1:9',
      ['replay', 'events/samples/ChangePassword.json'],
      { env: none },
    );
    expect(dropped).toMatchObject({ status: 0, stderr: '' });
  });

  it.each([
    ['tampering.SetQueueAttributes', 'iam-mfa-enforcer-prod', 'mine'],
    ['tampering.DeleteGroupPolicy', 'ForceMFA', 'MustHaveMfa'],
  ])('knows the deployment’s own resources by its stack: %s', async (sample, name, other) => {
    const one = await account();
    one.stacks.mine = deployedStack({ PolicyName: 'MustHaveMfa' });
    const readInput = async () => Buffer.from(bodyOf(sample).replaceAll(name, other));
    const strangers = await say(one.endpoint, ['replay', '-'], { readInput });
    expect(strangers.stdout).toContain(
      'no resource of the enforcer (stack iam-mfa-enforcer-prod, policy ForceMFA)',
    );
    const own = await say(one.endpoint, ['replay', '-', '--stack', 'mine'], { readInput });
    expect(own.stdout).toContain('would be reported as tampering: ');
  });

  it('knows the deployment’s webhook parameter by its stack', async () => {
    const one = await account();
    one.stacks.mine = deployedStack({ SlackWebhookParameter: '/mine/webhook' });
    const event = JSON.parse(bodyOf('tampering.SetQueueAttributes')) as { detail: object };
    Object.assign(event.detail, {
      eventSource: 'ssm.amazonaws.com',
      eventName: 'DeleteParameter',
      requestParameters: { name: '/mine/webhook' },
    });
    const readInput = async () => Buffer.from(JSON.stringify(event));
    const strangers = await say(one.endpoint, ['replay', '-'], { readInput });
    expect(strangers.stdout).toContain('no resource of the enforcer');
    const own = await say(one.endpoint, ['replay', '-', '--stack', 'mine'], { readInput });
    expect(own.stdout).toContain(
      'the parameter with the Slack webhook was deleted (/mine/webhook)',
    );
  });

  it('does not say whose resource it was where the stack cannot be read', async () => {
    const one = await account();
    one.deny('DescribeStacks');
    const readInput = async () => Buffer.from(bodyOf('tampering.DisableRule'));
    const ran = await say(one.endpoint, ['replay', '-', '--json'], { readInput });
    expect(ran.status).toBe(3);
    expect(JSON.parse(ran.stdout)).toMatchObject([{ dropped: null, settingsFrom: null }]);
    expect(ran.stderr).toMatch(/^Could not decide: AWS denied cloudformation:DescribeStacks\./);
  });

  it('changes nothing beside an observing deployment with --enforce alone', async () => {
    const one = await account();
    one.stacks['iam-mfa-enforcer-prod'] = deployedStack({ Mode: 'observe' });
    const ran = await say(one.endpoint, ['replay', CREATED, '--enforce']);
    expect(ran.status).toBe(1);
    expect(ran.stdout).toContain('dana: would be blocked');
    expect(one.iam.isBlocked('dana')).toBe(false);
    const enforced = await say(one.endpoint, ['replay', CREATED, '--enforce', '--mode', 'enforce']);
    expect(enforced.stdout).toContain('--mode overrides the stack’s observe');
    expect(one.iam.isBlocked('dana')).toBe(true);
  });

  it('reports what it may not enforce', async () => {
    const one = await account();
    one.deny('AttachUserPolicy');
    const ran = await run(one.endpoint, ['replay', CREATED, '--enforce']);
    expect(ran).toMatchObject({ status: 1, stderr: '' });
    expect(ran.stdout).toContain('dana: could not be changed: AWS denied iam:AttachUserPolicy: ');
  });

  it.each([
    ['', 'it is empty'],
    ['hello', 'it is not JSON'],
    ['null', 'it is null, not an object'],
    ['{}', 'it has no eventID, no eventName, no eventSource, no eventTime'],
    ['[]', 'it contains no event'],
    ['{"Records":[{"s3":{}}]}', 'it is an S3 notification, which contains no event'],
    ['{"messageId":"m","body":"{"}', 'it wraps a text that is not JSON'],
    [
      '{"Records":[{},5]}',
      'none of its records is one. 2 records could not be read:\n  record 1: it has no eventID, no eventName, no eventSource, no eventTime\n  record 2: it is a number, not an object',
    ],
  ])('reports why %j is no event', async (input, why) => {
    const ran = await run('http://127.0.0.1:9', ['replay', '-'], { input });
    const stderr = `Cannot read an event from standard input: ${why}\n`;
    expect(ran).toMatchObject({ status: 2, stdout: '', stderr });
  });

  it.each<[string, BufferEncoding]>([
    ['UTF-8', 'utf8'],
    ['UTF-16, as PowerShell writes it', 'utf16le'],
  ])('reads a file that begins with a byte order mark, in %s', async (_, encoding) => {
    const file = join(mkdtempSync(join(tmpdir(), 'replay-')), 'event.json');
    const text = bodyOf('ChangePassword');
    writeFileSync(file, Buffer.from(`\ufeff${text}`, encoding));
    const none = 'http://127.0.0.1:9';
    expect(await say(none, ['replay', file])).toMatchObject({ status: 0, stderr: '' });
    const readInput = async () => Buffer.from(`\ufeff${text}`);
    expect(await say(none, ['replay', '-'], { readInput })).toMatchObject({ status: 0 });
  });

  it('reports that the file does not exist', async () => {
    const { endpoint } = await everyState();
    const ran = await run(endpoint, ['replay', 'no-such-file.json']);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toMatch(/^Cannot read no-such-file\.json: ENOENT[^\n]*\n$/);
  });

  it.each([
    'GetUser',
    'ListMFADevices',
    'ListAttachedUserPolicies',
    'ListEntitiesForPolicy',
    'GetAccountSummary',
  ])('makes no decision without permission for %s, which is named', async (action) => {
    const one = await account();
    one.deny(action);
    const ran = await say(one.endpoint, ['replay', CREATED, '--json']);
    expect(ran.status).toBe(3);
    expect(ran.stderr).toMatch(new RegExp(`^Could not decide: AWS denied iam:${action}\\.`));
    expect(JSON.parse(ran.stdout)).toMatchObject([{ users: ['dana'], decisions: [] }]);
  });
});

describe('replay of many events', () => {
  const record = (name: string, change: object = {}) => ({
    ...(JSON.parse(bare(name)) as object),
    ...change,
  });
  const of = (userName: string, change: object = {}) =>
    record('CreateUser', { requestParameters: { userName }, ...change });
  const replay = (one: IamServer, input: string, ...flags: readonly string[]) =>
    say(one.endpoint, ['replay', '-', ...flags], { readInput: async () => Buffer.from(input) });
  const trail = (...Records: readonly object[]) => JSON.stringify({ Records });
  const later = { eventName: 'CreateLoginProfile', eventTime: '2024-08-02T08:00:00Z' };

  it('shows the users in a table, what concerns the enforcer, and how many events there are', async () => {
    const one = await account();
    one.iam.put('erin', { devices: ['SERIAL'], policies: [one.iam.policyArn] });
    // Room under the block limit, half of the users.
    for (const name of ['gil', 'hal']) one.iam.put(name, { devices: [name] });
    const policy = record('SetDefaultPolicyVersion');
    const input = trail(
      of('dana', later),
      of('erin'),
      of('DANA'),
      of('frank'),
      policy,
      policy,
      record('tampering.DisableRule'),
      record('ChangePassword'),
    );
    const { status, stdout, stderr } = await replay(one, input);
    expect(stdout).toBe(`\
user   events  last event (UTC)                     now
dana   2       CreateLoginProfile 2024-08-02 08:00  would be blocked: no MFA device, no exemption
erin   1       CreateUser 2024-08-01 13:42          would be unblocked: 1 MFA device (SERIAL)
frank  1       CreateUser 2024-08-01 13:42          no such user in this account

SetDefaultPolicyVersion: the event concerns the policy ${one.iam.policyArn}, which the pipeline would check, and no user (2 times)
DisableRule: the event concerns no user and would be reported as tampering: a rule that forwards IAM events was disabled (iam-mfa-enforcer-prod-UserChangesRule-1A2B3C)

8 records: 4 concern 3 users, 3 the enforcer itself, 1 nothing that the enforcer reviews.
${SETTINGS_LINE}
`);
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(one.iam.isBlocked('dana')).toBe(false);
  });

  it('puts what would be done on a line of its own where the terminal is narrow', async () => {
    const one = await account();
    const readInput = async () => Buffer.from(trail(of('dana'), of('erin')));
    const screen = { columns: 60 };
    const { stdout } = await say(one.endpoint, ['replay', '-'], { readInput, screen });
    expect(stdout.split('\n').slice(0, 5)).toEqual([
      'user  events  last event (UTC)',
      'dana  1       CreateUser 2024-08-01 13:42',
      '    would be blocked: no MFA device, no exemption',
      'erin  1       CreateUser 2024-08-01 13:42',
      '    no such user in this account',
    ]);
  });

  it('prints an array with --json: an element for each record, with its place', async () => {
    const one = await account();
    const { status, stdout, stderr } = await replay(
      one,
      `${bare('CreateUser')}\noops\n${bare('ChangePassword')}`,
      '--json',
    );
    expect(JSON.parse(stdout)).toMatchObject([
      { record: 'line 1', about: 'users', users: ['dana'], decisions: [{ action: 'block' }] },
      { record: 'line 3', about: 'nothing', decisions: [] },
      { record: 'line 2', unreadable: 'it is not JSON' },
    ]);
    expect([status, stderr]).toEqual([
      3,
      '1 record could not be read:\n  line 2: it is not JSON\n',
    ]);
  });

  it('reads the user of 1,000 records once from IAM, and does once what is to be done', async () => {
    const one = await account();
    const input = trail(
      ...Array.from({ length: 1000 }, (_, index) => of(index % 2 ? 'dana' : 'Dana')),
    );
    one.resetCounts();
    const ran = await replay(one, input, '--enforce', '--json');
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(ran.stdout)).toHaveLength(1000);
    expect(one.counts).toMatchObject({ ListMFADevices: 1, AttachUserPolicy: 1 });
    const calls = Object.values(one.counts).reduce((sum, count) => sum + count, 0);
    expect(calls).toBeLessThan(20);
    expect(one.iam.isBlocked('dana')).toBe(true);
  });

  it('names the records that it cannot read, up to 20 without --json', async () => {
    const one = await account();
    const input = `${bare('CreateUser')}\n${'{}\n'.repeat(22)}`;
    const { status, stdout, stderr } = await replay(one, input);
    expect(status).toBe(3);
    expect(stdout).toContain(
      '23 records: 1 concern 1 user, 0 the enforcer itself, 0 nothing that the enforcer reviews, 22 could not be read.',
    );
    const named = stderr.trimEnd().split('\n');
    expect(named.slice(0, 2)).toEqual([
      '22 records could not be read:',
      '  line 2: it has no eventID, no eventName, no eventSource, no eventTime',
    ]);
    expect(named.at(-1)).toBe('  and 2 more, which --json lists');
    expect(named).toHaveLength(22);
    expect((await replay(one, input, '--json')).stderr.trimEnd().split('\n')).toHaveLength(23);
  });

  it('decides about the users of the caller’s account, and names the other accounts', async () => {
    const one = await account();
    const recipientAccountId = '222233334444';
    const input = trail(
      of('dana'),
      of('erin', { recipientAccountId }),
      of('frank', { recipientAccountId }),
    );
    const { status, stdout, stderr } = await replay(one, input);
    expect(status).toBe(3);
    expect(stdout).toMatch(/dana .*would be blocked/);
    expect(stdout).toMatch(/erin .*not decided/);
    expect(stderr).toBe(
      'Could not decide: 2 users of account 222233334444: the credentials are for account 111122223333. Name a profile of account 222233334444 with --profile.\n',
    );
  });

  it('shows what it has decided where a later user cannot be read', async () => {
    const one = await account();
    one.iam.put('erin');
    one.deny('ListMFADevices', 'erin');
    one.deny('GetUser', 'erin');
    const { status, stdout, stderr } = await replay(
      one,
      trail(of('dana'), of('erin'), of('frank')),
    );
    expect(status).toBe(3);
    expect(stdout).toMatch(/dana .*would be blocked/);
    expect(stdout).toMatch(/erin .*not decided/);
    expect(stderr).toMatch(/^Could not decide: 2 of 3 users: AWS denied iam:GetUser\./);
  });

  it('enforces nothing where users may have time to enrol', async () => {
    const one = await account();
    const ran = await say(one.endpoint, [
      'replay',
      CREATED,
      '--enforce',
      '--mode',
      'enforce',
      '--grace-hours',
      '72',
    ]);
    expect(ran).toMatchObject({ status: 1, stdout: '' });
    expect(ran.stderr).toContain(
      'replay --enforce does not read which users have time to enrol (GraceHours). Nothing was changed.',
    );
    expect(one.iam.isBlocked('dana')).toBe(false);
  });
});
