import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateUserCommand,
  IAMClient,
  ListAttachedUserPoliciesCommand,
  ListGroupsForUserCommand,
} from '@aws-sdk/client-iam';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { localClient } from '../../infra/local/local-client.ts';
import { type Moto, startMoto } from '../../infra/local/moto.ts';
import { createDenyGroup } from '../../infra/local/quirks.ts';
import { startTrail, type Trail } from '../../infra/local/trail.ts';
import { commandEnv } from '../fakes/command.ts';

const STACK = 'iam-mfa-enforcer-prod';
const OLD_VERSION = '0.0.1';
const folder = mkdtempSync(join(tmpdir(), 'previous-'));
const previous = join(folder, 'clone');
let moto: Moto;
let trail: Trail;

/** Packages the previous commit; in a clone that has only one commit, that one. Its version makes it another release. */
function packagePrevious(): void {
  const git = (...args: readonly string[]) =>
    execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  const [, before] = git('rev-list', '--max-count=2', 'HEAD').split('\n');
  git('clone', '--quiet', '--no-checkout', '--shared', '.', previous);
  git('-C', previous, 'checkout', '--quiet', '--detach', before ?? 'HEAD');
  symlinkSync(resolve('node_modules'), join(previous, 'node_modules'));
  const manifest = join(previous, 'package.json');
  const current = JSON.parse(readFileSync(manifest, 'utf8')) as object;
  writeFileSync(manifest, JSON.stringify({ ...current, version: OLD_VERSION }));
  execFileSync('npm', ['run', '--silent', 'package'], { cwd: previous, stdio: 'ignore' });
}

beforeAll(async () => {
  packagePrevious();
  moto = await startMoto();
  trail = await startTrail(moto.endpoint);
});

afterAll(async () => {
  await trail?.stop();
  await moto?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the packaged program of a folder; the local AWS is in this process. */
function mfa(clone: string, ...args: readonly string[]): Promise<{ status: number; out: string }> {
  const program = join(clone, 'dist/cli/index.mjs');
  const env = commandEnv(trail.endpoint);
  return new Promise((done) => {
    execFile(process.execPath, [program, ...args], { env }, (error, stdout, stderr) => {
      done({ status: error === null ? 0 : Number(error.code), out: stdout + stderr });
    });
  });
}

const client = <C>(Client: Parameters<typeof localClient<C>>[0]): C =>
  localClient(Client, moto.endpoint);

/** Physical IDs of what has data. moto replaces rules and policies, which CloudFormation updates in place. */
async function physicalIds(): Promise<Map<string, string>> {
  const { StackResources } = await client(CloudFormationClient).send(
    new DescribeStackResourcesCommand({ StackName: STACK }),
  );
  return new Map(
    (StackResources ?? [])
      .filter(({ ResourceType = '' }) => /::(Queue|Table|Function)$/.test(ResourceType))
      .map(({ LogicalResourceId = '', PhysicalResourceId = '' }) => [
        LogicalResourceId,
        PhysicalResourceId,
      ]),
  );
}

/** What must not change: who is blocked, and what waits in the queues. */
async function state(ids: ReadonlyMap<string, string>) {
  const iam = client(IAMClient);
  const users = ['by-policy', 'by-group', 'free'].map(async (UserName) => {
    const { AttachedPolicies } = await iam.send(new ListAttachedUserPoliciesCommand({ UserName }));
    const { Groups } = await iam.send(new ListGroupsForUserCommand({ UserName }));
    return [
      UserName,
      AttachedPolicies?.map(({ PolicyName }) => PolicyName),
      Groups?.map(({ GroupName }) => GroupName),
    ];
  });
  const queues = ['IamChangesQueue', 'OutcomesQueue', 'IamChangesFailed'].map(async (id) => {
    const { Attributes } = await client(SQSClient).send(
      new GetQueueAttributesCommand({ QueueUrl: ids.get(id), AttributeNames: ['All'] }),
    );
    return [id, Attributes?.QueueArn, Attributes?.ApproximateNumberOfMessages];
  });
  return { users: await Promise.all(users), queues: await Promise.all(queues), ids };
}

it('an upgrade from the previous commit’s release changes the code and nothing else', async () => {
  const deployed = await mfa(
    previous,
    'deploy',
    '--mode',
    'enforce',
    '--block-limit',
    '7',
    '--yes',
  );
  expect(deployed, deployed.out).toMatchObject({ status: 0 });
  await createDenyGroup(moto.endpoint, 'ForceMFA');
  const ids = await physicalIds();
  const iam = client(IAMClient);
  for (const UserName of ['by-policy', 'by-group', 'free']) {
    await iam.send(new CreateUserCommand({ UserName }));
  }
  const PolicyArn = 'arn:aws:iam::123456789012:policy/ForceMFA';
  await iam.send(new AttachUserPolicyCommand({ UserName: 'by-policy', PolicyArn }));
  await iam.send(new AddUserToGroupCommand({ UserName: 'by-group', GroupName: 'ForceMFA' }));
  for (const id of ['IamChangesQueue', 'OutcomesQueue', 'IamChangesFailed']) {
    const MessageBody = `waits in ${id}`;
    await client(SQSClient).send(new SendMessageCommand({ QueueUrl: ids.get(id), MessageBody }));
  }
  const before = await state(ids);
  const codeBefore = await code();

  const upgraded = await mfa('.', 'deploy', '--yes');
  expect(upgraded, upgraded.out).toMatchObject({ status: 0 });
  expect(upgraded.out).toContain(`Release      ${OLD_VERSION} → `);
  expect(upgraded.out).not.toMatch(/^ {2}(Mode|BlockLimit) .* → /m);
  expect(upgraded.out).not.toContain('REPLACED');

  expect(await state(await physicalIds())).toEqual(before);
  expect(await code()).not.toBe(codeBefore);
  const again = await mfa('.', 'deploy', '--yes');
  expect(again.out).toContain('No changes needed.');
});

/** The hash of the code that reviews users. */
async function code(): Promise<string | undefined> {
  const { Configuration } = await client(LambdaClient).send(
    new GetFunctionCommand({ FunctionName: `${STACK}-on-iam-change` }),
  );
  return Configuration?.CodeSha256;
}
