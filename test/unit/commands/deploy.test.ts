import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { Terminal } from '../../../functions/commands/terminal.ts';
import { defaultMailText } from '../../../functions/runtime/default-mail-text.ts';
import { BUCKET, MemoryDeployment, resources, STACK } from '../../fakes/memory-deployment.ts';
import { fakeRelease } from '../../fakes/release.ts';
import type { Said } from '../../fakes/shell.ts';

const folder = mkdtempSync(join(tmpdir(), 'deploy-'));
const webhookFile = join(folder, 'webhook.txt');
const mailTextFile = join(folder, 'mail-text.md');
writeFileSync(mailTextFile, defaultMailText);
writeFileSync(webhookFile, 'https://hooks.slack.com/services/T/B/secretsecret\n');

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  vi.restoreAllMocks();
});

const empty = () => new MemoryDeployment().install();

function deployed(parameters: Record<string, string> = {}): MemoryDeployment {
  const aws = empty();
  aws.deployed(parameters);
  return aws;
}

/** A newer release: a queue with another name, another code, and without a rule. */
const { SweepScheduleRule: _, ...others } = resources;
const newer = fakeRelease({
  version: '0.2.0',
  resources: {
    ...others,
    IamChangesQueue: { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: 5 } },
    OnIamChangeLambdaFunction: {
      Type: 'AWS::Lambda::Function',
      Properties: { Code: { S3Key: 'on-iam-change-fedcba9876543210.zip' } },
    },
    SweepRule: { Type: 'AWS::Events::Rule' },
  },
});

/** Standard output, and then standard error. */
const both = ({ stdout, stderr }: Said) =>
  `${stdout}${stderr === '' ? '' : `\n--- standard error\n${stderr}`}`.replaceAll(folder, 'FOLDER');

/** As many users without a device, each third with an access key in use. */
function users({ iam }: MemoryDeployment, count: number): void {
  for (let index = 1; index <= count; index += 1) {
    const lastUse = { at: new Date('2026-02-27T08:00:00Z'), service: 's3', region: 'us-east-1' };
    const keys = index % 3 === 0 ? [{ id: `AKIA${index}`, lastUse }] : [];
    iam.put(`user-${String(index).padStart(2, '0')}`, { password: true, keys });
  }
  iam.put('enrolled', { devices: ['GAHT12345678'], policies: [iam.policyArn] });
}

const UNCONFIRMED = { ask: async () => false } satisfies Partial<Terminal>;

describe('deploy shows', () => {
  const goldens: Readonly<
    Record<string, (how: Partial<Terminal>) => Promise<readonly [aws: MemoryDeployment, ran: Said]>>
  > = {
    'new-stack': async (how) => {
      const aws = empty();
      return [aws, await aws.say(['deploy', '--yes'], how)];
    },
    upgrade: async (how) => {
      const aws = deployed();
      aws.stacks.replaced.add('IamChangesQueue');
      const args = ['deploy', '--unblock', 'never', '--exempt-tags', 'team:robots', '--yes'];
      return [aws, await aws.say(args, { ...how, release: newer })];
    },
    forecast: async (how) => {
      const aws = deployed();
      users(aws, 14);
      const args = ['deploy', '--mode', 'enforce', '--block-limit', '5', '--yes'];
      return [aws, await aws.say(args, how)];
    },
    'forecast-of-one': async (how) => {
      const aws = deployed();
      aws.iam.put('dana', {
        keys: [{ id: 'AKIA1', lastUse: { at: new Date('2026-02-27'), service: 's3', region: '' } }],
      });
      return [aws, await aws.say(['deploy', '--mode', 'enforce', '--dry-run'], how)];
    },
    'forecast-of-none': async (how) => {
      const aws = deployed();
      return [aws, await aws.say(['deploy', '--mode', 'enforce', '--dry-run'], how)];
    },
    'failed-creation': async (how) => {
      const aws = empty();
      aws.stacks.failing.set(
        'CREATE ForceMfaPolicy',
        'ForceMFA already exists in stack arn:aws:cloudformation:us-east-1:111122223333:stack/old/1',
      );
      return [aws, await aws.say(['deploy', '--yes'], how)];
    },
    'failed-update': async (how) => {
      const aws = deployed();
      aws.stacks.failing.set(
        'UPDATE OnIamChangeLambdaFunction',
        'Resource handler returned message: "User: arn:aws:iam::111122223333:user/auditor is not authorized to perform: lambda:UpdateFunctionCode" (RequestToken: 1f, HandlerErrorCode: AccessDenied)',
      );
      return [aws, await aws.say(['deploy', '--yes'], { ...how, release: newer })];
    },
    'failed-rollback': async (how) => {
      const aws = deployed();
      aws.stacks.failing.set('UPDATE IamChangesQueue', 'The queue is gone');
      aws.stacks.failing.set('ROLLBACK IamChangesQueue', 'The queue is still gone');
      return [aws, await aws.say(['deploy', '--yes'], { ...how, release: newer })];
    },
    'dry-run': async (how) => {
      const aws = deployed();
      const args = ['deploy', '--scope', 'console-users', '--webhook-file', webhookFile];
      return [aws, await aws.say([...args, '--dry-run'], how)];
    },
    'no-trail': async (how) => {
      const aws = empty();
      aws.answers.DescribeTrails = () => ({ trailList: [] });
      return [aws, await aws.say(['deploy', '--mode', 'enforce', '--yes'], how)];
    },
    json: async (how) => {
      const aws = deployed();
      users(aws, 1);
      aws.stacks.failing.set('UPDATE OnIamChangeLambdaFunction', 'Out of order');
      return [aws, await aws.say(['deploy', '--mode', 'enforce', '--yes', '--json'], how)];
    },
  };

  it.each(Object.entries(goldens))('%s', async (name, make) => {
    for (const columns of [80, 120]) {
      const [, ran] = await make({ screen: { columns } });
      const text = `status ${ran.status}\n${both(ran)}`;
      await expect(text).toMatchFileSnapshot(`golden/deploy/${name}-${columns}.txt`);
      vi.restoreAllMocks();
    }
  });
});

describe('a change set', () => {
  it('that CloudFormation refuses changes nothing, and is deleted', async () => {
    const aws = deployed();
    aws.stacks.refusal = 'Template error: x';
    const ran = await aws.say(['deploy', '--mode', 'enforce', '--yes']);
    expect(ran.status).toBe(1);
    expect(ran.stderr).toBe(
      `CloudFormation refused the change of ${STACK}, and nothing was deployed: Template error: x\n`,
    );
    expect(aws.stacks.find(STACK)?.changeSets.size).toBe(0);
    expect(aws.writes).not.toContain('ExecuteChangeSet');
  });

  it('of a new stack that CloudFormation refuses leaves no stack', async () => {
    const aws = empty();
    aws.stacks.refusal = 'Template error: x';
    expect((await aws.say(['deploy', '--yes'])).status).toBe(1);
    aws.stacks.finish();
    expect(aws.stacks.existing).toEqual([]);
  });

  it('that CloudFormation refuses at once is reported, with its reason', async () => {
    const aws = deployed();
    aws.answers.CreateChangeSet = () => {
      const message = 'Parameter BlockLimit failed to satisfy constraint';
      throw Object.assign(new Error(message), { name: 'ValidationError' });
    };
    const ran = await aws.say(['deploy', '--mode', 'enforce', '--yes']);
    expect(ran).toMatchObject({
      status: 1,
      stderr: `CloudFormation refused the change of ${STACK}, and nothing was deployed: Parameter BlockLimit failed to satisfy constraint\n`,
    });
  });

  it('of an update is deleted where the answer is no, and no code is uploaded', async () => {
    const aws = deployed();
    const ran = await aws.say(['deploy'], { ...UNCONFIRMED, release: newer });
    expect(ran).toMatchObject({ status: 1, stderr: 'Nothing was changed.\n' });
    expect(aws.stacks.find(STACK)?.changeSets.size).toBe(0);
    expect(aws.writes).toEqual(['PutObject', 'CreateChangeSet', 'DeleteChangeSet']);
    expect(aws.stacks.find(STACK)).toMatchObject({ status: 'UPDATE_COMPLETE' });
  });

  it('of a dry run is deleted, and no code is uploaded', async () => {
    const aws = deployed();
    const ran = await aws.say(['deploy', '--dry-run'], { release: newer });
    expect(ran.status).toBe(1);
    expect(aws.writes).toEqual(['PutObject', 'CreateChangeSet', 'DeleteChangeSet']);
    const { objects = new Map() } = aws.buckets.get(BUCKET) ?? {};
    expect([...objects.keys()].filter((key) => !key.endsWith('.zip'))).toHaveLength(1);
  });

  it('that another deployment has overtaken is not executed', async () => {
    const aws = deployed();
    const ask = async () => {
      aws.stacks.find(STACK)?.changeSets.clear();
      return true;
    };
    const ran = await aws.say(['deploy', '--mode', 'enforce'], { ask });
    expect(ran).toMatchObject({
      status: 1,
      stderr: `The stack ${STACK} was changed since this change was worked out, and nothing was deployed. Run this command again.\n`,
    });
    expect(aws.stacks.find(STACK)).toMatchObject({ parameters: { Mode: 'observe' } });
  });

  it('is deleted where the forecast cannot be read', async () => {
    const aws = deployed();
    aws.iam.failNext('GetAccountAuthorizationDetails', () => new Error('broken'), 100);
    expect((await aws.say(['deploy', '--mode', 'enforce', '--yes'])).status).toBe(3);
    expect(aws.stacks.find(STACK)?.changeSets.size).toBe(0);
    expect(aws.writes).not.toContain('ExecuteChangeSet');
  });
});

describe('a new stack', () => {
  it('leaves nothing where the answer is no', async () => {
    const aws = empty();
    const ran = await aws.say(['deploy'], UNCONFIRMED);
    expect(ran).toMatchObject({ status: 1, stderr: 'Nothing was changed.\n' });
    expect(aws.writes).toEqual([]);
  });

  it('that fails is deleted, and can be deployed again', async () => {
    const aws = empty();
    aws.stacks.failing.set('CREATE StateTable', 'Out of tables');
    expect((await aws.say(['deploy', '--yes'])).status).toBe(1);
    expect(aws.stacks.existing).toEqual([]);
    aws.stacks.failing.clear();
    expect((await aws.say(['deploy', '--yes'])).status).toBe(0);
    expect(aws.stacks.existing).toMatchObject([{ status: 'CREATE_COMPLETE' }]);
  });

  it('begins with what an interrupted run has left in review', async () => {
    const aws = empty();
    const nothing = { Parameters: {}, Resources: {}, Outputs: {} };
    aws.stacks.put(STACK, 'REVIEW_IN_PROGRESS', {}, nothing);
    const ran = await aws.say(['deploy', '--yes']);
    expect(ran.status).toBe(0);
    expect(ran.stdout).toContain(`Stack        ${STACK} (new)`);
  });
});

describe('an update', () => {
  it('gives a stack that has no bucket of its code one, as an older release had', async () => {
    const aws = deployed();
    const { parameters } = aws.stacks.find(STACK) as { parameters: Record<string, string> };
    delete parameters.S3Bucket;
    delete parameters.S3Prefix;
    const ran = await aws.say(['deploy', '--block-limit', '9', '--yes']);
    expect(ran, ran.stderr).toMatchObject({ status: 0 });
    expect(aws.stacks.find(STACK)).toMatchObject({
      parameters: { S3Bucket: BUCKET, S3Prefix: `${STACK}/`, BlockLimit: '9' },
    });
  });

  it('shows a parameter that this release does not have, and so drops', async () => {
    const aws = deployed({ FromTheFuture: 'kept until now' });
    const ran = await aws.say(['deploy', '--block-limit', '9', '--dry-run']);
    expect(ran.stdout).toMatch(
      /FromTheFuture +kept until now → \(empty\) {2}\(not in this release\)/,
    );
  });

  it('says that the forecast for a hub is of its own account', async () => {
    const aws = deployed({ OrganizationId: 'o-abcdefghij', Mode: 'observe' });
    const ran = await aws.say(['deploy', '--mode', 'enforce', '--dry-run']);
    expect(ran.stdout.replaceAll(/\s+/g, ' ')).toContain(
      'This is account 111122223333 only. In the organization’s other accounts',
    );
  });

  it('that fails leaves the parameters as they were', async () => {
    const aws = deployed({ Mode: 'observe' });
    aws.stacks.failing.set('UPDATE OnIamChangeLambdaFunction', 'Out of order');
    const ran = await aws.say(['deploy', '--mode', 'enforce', '--yes']);
    expect(ran.status).toBe(1);
    expect(aws.stacks.find(STACK)).toMatchObject({
      status: 'UPDATE_ROLLBACK_COMPLETE',
      parameters: { Mode: 'observe' },
    });
    aws.stacks.failing.clear();
    expect((await aws.say(['deploy', '--mode', 'enforce', '--yes'])).status).toBe(0);
  });

  it('that can no longer be followed may go on, which the error says', async () => {
    const aws = deployed();
    aws.before = (action) => {
      if (action === 'DescribeStackEvents' && aws.writes.includes('ExecuteChangeSet')) {
        throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
      }
    };
    const ran = await aws.say(['deploy', '--mode', 'enforce', '--yes']);
    expect(ran).toMatchObject({
      status: 3,
      stderr: expect.stringMatching(
        /^CloudFormation may still be at work\. Run this command again to see how it ended\.\nThe endpoint refused/,
      ),
    });
  });

  it('waits until CloudFormation has cleaned up', async () => {
    const aws = deployed();
    aws.stacks.replaced.add('IamChangesQueue');
    expect((await aws.say(['deploy', '--yes'], { release: newer })).status).toBe(0);
    expect(aws.stacks.find(STACK)).toMatchObject({ status: 'UPDATE_COMPLETE' });
  });
});

describe('a text of the mails', () => {
  const args = ['deploy', '--mail-text-file', mailTextFile];

  it('is stored as a parameter that has no price up to 4 KB', async () => {
    const aws = deployed();
    let stored: unknown;
    aws.answers.PutParameter = (input) => {
      stored = input;
      return {};
    };
    const ran = await aws.say([...args, '--yes']);
    expect(ran.status).toBe(0);
    expect(ran.stdout).toContain(
      'The mail text is stored in the SSM parameter /mfa-enforcer/mail-text.\n',
    );
    expect(stored).toEqual({
      Name: '/mfa-enforcer/mail-text',
      Type: 'String',
      Tier: 'Intelligent-Tiering',
      Value: defaultMailText,
      Overwrite: true,
    });
  });

  it('is shown before, and not stored in a dry run', async () => {
    const aws = deployed();
    const ran = await aws.say([...args, '--dry-run']);
    expect(ran.status).toBe(1);
    expect(ran.stdout.replace(folder, 'FOLDER').replaceAll(/\s+/g, ' ')).toContain(
      'Mail text from FOLDER/mail-text.md, for the SSM parameter /mfa-enforcer/mail-text ',
    );
    expect(aws.writes).not.toContain('PutParameter');
  });

  it('is stored together with a webhook', async () => {
    const aws = deployed();
    expect((await aws.say([...args, '--webhook-file', webhookFile, '--yes'])).status).toBe(0);
    expect([...aws.parameters]).toEqual([
      ['/mfa-enforcer/slack-webhook', 'SecureString'],
      ['/mfa-enforcer/mail-text', 'String'],
    ]);
  });
});

describe('a webhook', () => {
  const args = ['deploy', '--webhook-file', webhookFile];

  it('is stored under the key of the one before', async () => {
    const aws = deployed();
    let stored: unknown;
    aws.answers.DescribeParameters = () => ({
      Parameters: [{ Type: 'SecureString', KeyId: 'alias/own' }],
    });
    aws.answers.PutParameter = (input) => {
      stored = input;
      return {};
    };
    expect(await aws.say([...args, '--yes'])).toMatchObject({ status: 0 });
    expect(stored).toMatchObject({ Type: 'SecureString', KeyId: 'alias/own', Overwrite: true });
  });

  it('is not stored in a dry run', async () => {
    const aws = deployed();
    const ran = await aws.say([...args, '--dry-run']);
    expect(ran.status).toBe(1);
    expect(aws.writes).not.toContain('PutParameter');
    expect(ran.stdout).toContain('The stack needs no change.\n');
  });

  it('is stored where the stack needs no change', async () => {
    const aws = deployed();
    const ran = await aws.say([...args, '--yes']);
    expect(ran.status).toBe(0);
    expect(aws.parameters.get('/mfa-enforcer/slack-webhook')).toBe('SecureString');
    expect(ran.stdout).toContain('is stored in the SSM parameter /mfa-enforcer/slack-webhook.\n');
    expect(ran.stdout).not.toContain('store the webhook from a file');
  });

  it('is not stored where the deployment failed', async () => {
    const aws = deployed();
    aws.stacks.failing.set('UPDATE OnIamChangeLambdaFunction', 'Out of order');
    const ran = await aws.say([...args, '--mode', 'enforce', '--yes']);
    expect(ran.status).toBe(1);
    expect(aws.writes).not.toContain('PutParameter');
  });
});
