import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudFormationClient,
  DescribeStacksCommand,
  ListStacksCommand,
} from '@aws-sdk/client-cloudformation';
import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateUserCommand,
  ListAttachedUserPoliciesCommand,
  ListGroupsForUserCommand,
  ListUserPoliciesCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, describe, expect, it } from 'vitest';
import { forceMfaInline } from '../../functions/domain/rules/force-mfa.ts';
import { MAIL_TEXT_FILE } from '../../infra/bundle.ts';
import { localClient } from '../../infra/local/local-client.ts';
import { isBlocked } from '../../infra/local/watch.ts';
import { run } from '../fakes/command.ts';
import { runProgram } from '../fakes/program.ts';
import { template } from '../fakes/template.ts';
import { startTestAws, type TestAws, untilBlocked, untilQuiet } from './local-aws.ts';
import { startProxy, type WireProxy } from './proxy.ts';

const started = await startTestAws({ parameters: { Mode: 'observe' } });
const test = started as TestAws;
const folder = mkdtempSync(join(tmpdir(), 'deploy-'));
const proxies: WireProxy[] = [];

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  for (const one of proxies) await one.stop();
  await started?.stop();
});

const STACK = 'iam-mfa-enforcer-prod';
const RELEASE = new URL('../../dist/release/', import.meta.url);
/** The packaged program. */
const mfa = (...args: readonly string[]) => runProgram(test.aws.trail.endpoint, args);

async function deployedParameters(): Promise<Record<string, string>> {
  const cloudFormation = localClient(CloudFormationClient, test.aws.moto.endpoint);
  const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: STACK }));
  cloudFormation.destroy();
  return Object.fromEntries(
    (Stacks?.[0]?.Parameters ?? []).map(({ ParameterKey = '', ParameterValue = '' }) => [
      ParameterKey,
      ParameterValue,
    ]),
  );
}

/** A function's next process has the new configuration, as after an update in Lambda. */
function restartFunctions(): void {
  for (const one of Object.values(test.aws.functions)) one.crash();
}

describe.skipIf(started === null)('a deployment', () => {
  it('in observe mode blocks no one, and plan says who would be', async () => {
    await test.admin.send(new CreateUserCommand({ UserName: 'dana' }));
    await untilQuiet(test);
    expect(await isBlocked(test.aws, test.unseen, 'dana')).toBe(false);
    const planned = await mfa('plan');
    expect(planned.stdout).toContain('1 user would be blocked:\n  dana: no MFA device');
  });

  it('needs a confirmation for enforce mode, and says first who will be blocked', async () => {
    const asked = await mfa('deploy', '--mode', 'enforce');
    expect(asked.status).toBe(2);
    expect(asked.stdout).toContain('Mode                   observe → enforce  (--mode)');
    expect(asked.stdout).toContain('The next sweep blocks 1 user without an MFA device');
    expect(asked.stderr).toContain('pass --yes to continue. Nothing was changed.');
    expect(await deployedParameters()).toMatchObject({ Mode: 'observe' });
  });

  it('in enforce mode blocks users', async () => {
    const deployed = await mfa('deploy', '--mode', 'enforce', '--yes');
    expect(deployed).toMatchObject({ status: 0 });
    expect(deployed.stdout).toContain(`The stack ${STACK} is deployed.`);
    restartFunctions();
    await test.admin.send(new CreateUserCommand({ UserName: 'erin' }));
    await untilBlocked(test, 'erin', true);
  });

  // A value for each parameter that is not its default.
  const others: Readonly<Record<string, string>> = {
    Scope: 'console-users',
    Unblock: 'never',
    EnrolWith: 'console-and-keys',
    ExemptTags: 'team:robots',
    ExemptUsers: 'BedrockAPIKey-*',
    ExemptPassword: 'ends-exemption',
    BlockLimit: '7',
    GraceHours: '24',
    ReportCredentials: 'no',
    InlineDeny: 'yes',
    OrphanDevices: 'delete',
    BoundaryDeny: 'yes',
    SweepSchedule: 'rate(12 hours)',
    Probe: 'off',
    ProbeMinutes: '60',
    SlackWebhookParameter: '/elsewhere/webhook',
    SlackMentions: 'yes',
    NotifyFrom: 'aws@example.com',
    NotifyUsers: 'email',
    NotifyTag: 'mail',
    NotifyDomains: 'example.com,example.org',
    NotifyTextParameter: '/elsewhere/text',
    HelpContact: 'the help desk',
    RunbookUrl: 'https://wiki.acme.example/runbook',
    AlarmTopicArn: 'arn:aws:sns:us-east-1:123456789012:alarms',
    SweepOverdueHours: '50',
    Mode: 'observe',
  };
  // A stack alone is not a hub, a name cannot be changed, and the code is where it is.
  const fixed = ['OrganizationId', 'PolicyName', 'S3Bucket', 'S3Prefix'];

  it('knows every parameter', () => {
    const all = [...Object.keys(others), ...fixed].toSorted();
    expect(all).toEqual(Object.keys(template().Parameters).toSorted());
  });

  it.each(Object.entries(others))('changes only %s where only it is named', async (name, value) => {
    const before = await deployedParameters();
    const flag = `--${name.replaceAll(/(?<!^)[A-Z]/g, '-$&').toLowerCase()}`;
    // The same program inside this process, which starts faster.
    const args = ['deploy', flag, value, '--yes', '--json'];
    const deployed = await run(test.aws.trail.endpoint, args, { release: RELEASE });
    expect(deployed).toMatchObject({ status: 0 });
    expect(JSON.parse(deployed.stdout)).toMatchObject({
      status: 'deployed',
      parameters: [{ name, from: before[name], to: value, source: 'flag' }],
    });
    expect(await deployedParameters()).toEqual({ ...before, [name]: value });
  });

  it('takes values from a file, which a flag overrides', async () => {
    const file = join(folder, 'mfa-enforcer.yml');
    writeFileSync(file, 'parameters:\n  BlockLimit: 9\n  SlackMentions: no\n  Scope: all-users\n');
    const before = await deployedParameters();
    const deployed = await mfa('deploy', '--config', file, '--block-limit', '8', '--yes');
    expect(deployed).toMatchObject({ status: 0 });
    expect(deployed.stdout).toContain('BlockLimit             7 → 8  (--block-limit)');
    expect(deployed.stdout).toContain('SlackMentions          yes → no  (settings file)');
    expect(await deployedParameters()).toEqual({
      ...before,
      BlockLimit: '8',
      SlackMentions: 'no',
      Scope: 'all-users',
    });
  });

  it('stores the webhook, and shows it to no one', async () => {
    const file = join(folder, 'webhook.txt');
    const webhook = 'https://hooks.slack.com/services/T/B/secretsecret';
    writeFileSync(file, `${webhook}\n`);
    const deployed = await mfa('deploy', '--webhook-file', file, '--yes');
    expect(deployed).toMatchObject({ status: 0 });
    expect(deployed.stdout + deployed.stderr).not.toContain('secretsecret');
    const ssm = localClient(SSMClient, test.aws.moto.endpoint);
    const { Parameter } = await ssm.send(
      new GetParameterCommand({ Name: '/elsewhere/webhook', WithDecryption: true }),
    );
    ssm.destroy();
    expect(Parameter).toMatchObject({ Value: webhook, Type: 'SecureString' });
  });

  it('stores a text of the mails as it is', async () => {
    const deployed = await mfa('deploy', '--mail-text-file', MAIL_TEXT_FILE, '--yes');
    expect(deployed).toMatchObject({ status: 0 });
    const ssm = localClient(SSMClient, test.aws.moto.endpoint);
    const { Parameter } = await ssm.send(
      new GetParameterCommand({ Name: (await deployedParameters()).NotifyTextParameter }),
    );
    ssm.destroy();
    expect(Parameter).toMatchObject({
      Value: readFileSync(MAIL_TEXT_FILE, 'utf8'),
      Type: 'String',
    });
  });

  it('is removed with three users blocked by three methods, and leaves no block and no stack', async () => {
    const policy = test.aws.stack.resources.get('ForceMfaPolicy');
    const deny = JSON.stringify(forceMfaInline('aws', 'console'));
    for (const UserName of ['by-policy', 'by-group', 'by-inline']) {
      await test.unseen.send(new CreateUserCommand({ UserName }));
    }
    await test.unseen.send(
      new AttachUserPolicyCommand({ UserName: 'by-policy', PolicyArn: policy }),
    );
    await test.unseen.send(
      new AddUserToGroupCommand({ UserName: 'by-group', GroupName: 'ForceMFA' }),
    );
    await test.unseen.send(
      new PutUserPolicyCommand({
        UserName: 'by-inline',
        PolicyName: 'ForceMFA',
        PolicyDocument: deny,
      }),
    );
    const dry = await mfa('remove', '--dry-run');
    expect(dry.stdout).toContain('by-policy (managed-policy)\n');
    expect(dry.stdout).toContain('by-group (deny-group)\n');
    expect(dry.stdout).toContain('by-inline (inline-policy)\n');
    // Three runs end too early: from a call on, each loses its connection.
    const ends = {
      // A user who cannot be unblocked does not stop the others.
      'iam:RemoveUserFromGroup': 1,
      'cloudformation:DeleteStack': 3,
      's3:DeleteBucket': 3,
    };
    for (const [action, status] of Object.entries(ends)) {
      const endpoint = await cutOffAt(action);
      const cut = await run(endpoint, ['remove', '--yes'], { env: { AWS_MAX_ATTEMPTS: '1' } });
      expect([action, cut.status]).toEqual([action, status]);
    }
    const removed = await mfa('remove', '--yes');
    expect(removed).toMatchObject({ status: 0 });
    expect(removed.stdout).toContain('There is no deployment to remove.');
    expect(await blocks('by-policy', 'by-group', 'by-inline', 'erin')).toEqual([]);
    expect(await stacks()).toEqual([]);
    // The bucket of the account's own trail.
    expect(await buckets()).toEqual(['management-events']);
  });

  it('that is gone can be removed again, and changes nothing', async () => {
    const removed = await mfa('remove', '--yes');
    expect(removed).toMatchObject({ status: 0 });
    expect(removed.stdout).toContain('There is no deployment to remove.');
  });
});

/** An endpoint that resets every connection from the first call of an action on, which it still passes on. */
async function cutOffAt(action: string): Promise<string> {
  let isCut = false;
  const proxy = await startProxy(test.aws.trail.endpoint, async (call, pass) => {
    if (isCut) return 'reset';
    isCut = call.action === action;
    const answer = await pass();
    return isCut ? 'reset' : answer;
  });
  proxies.push(proxy);
  return proxy.endpoint;
}

/** What is on users: attached policies, groups and inline policies. */
async function blocks(...users: readonly string[]): Promise<unknown[]> {
  const each = users.map(async (UserName) => {
    const [attached, groups, inline] = await Promise.all([
      test.unseen.send(new ListAttachedUserPoliciesCommand({ UserName })),
      test.unseen.send(new ListGroupsForUserCommand({ UserName })),
      test.unseen.send(new ListUserPoliciesCommand({ UserName })),
    ]);
    return [attached.AttachedPolicies, groups.Groups, inline.PolicyNames].flat();
  });
  return (await Promise.all(each)).flat();
}

async function stacks(): Promise<unknown[]> {
  const cloudFormation = localClient(CloudFormationClient, test.aws.moto.endpoint);
  const { StackSummaries } = await cloudFormation.send(new ListStacksCommand({}));
  cloudFormation.destroy();
  return (StackSummaries ?? []).filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE');
}

async function buckets(): Promise<unknown[]> {
  const s3 = localClient(S3Client, test.aws.moto.endpoint);
  const { Buckets } = await s3.send(new ListBucketsCommand({}));
  s3.destroy();
  return (Buckets ?? []).map(({ Name }) => Name);
}
