import { describe, expect, it } from 'vitest';
import { stateKeys } from '../../../../events/state-keys.ts';
import { deployedResources } from '../../../../functions/domain/deployment/deployed-resources.ts';
import {
  type Deployment,
  type DeploymentContext,
  runCheckEach,
  unknown,
} from '../../../../functions/pipeline/doctor/check.ts';
import { checkLastSweep } from '../../../../functions/pipeline/doctor/check-last-sweep.ts';
import { checkRegion, checkStack } from '../../../../functions/pipeline/doctor/check-stack.ts';
import { aws } from '../../../../functions/pipeline/doctor/fixes.ts';
import { deploymentClients } from '../../../../functions/runtime/command-clients.ts';
import { lastSweep } from '../../../fakes/last-sweep.ts';
import { MemoryDynamo } from '../../../fakes/memory-dynamo.ts';

const context: DeploymentContext = {
  clients: deploymentClients({
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: async () => ({ accessKeyId: 'A', secretAccessKey: 's' }),
    retryMode: 'standard',
    requestHandler: { connectionTimeout: 1, requestTimeout: 1, throwOnRequestTimeout: true },
  }),
  account: '111122223333',
  partition: 'aws',
  region: 'us-east-1',
  askedRegion: null,
  caller: 'arn:aws:iam::111122223333:user/dana',
  profile: null,
  stack: 'stack',
  sweepWithinHours: 26,
  allowLoopback: false,
  now: new Date('2026-03-01T12:00:00Z'),
  describe: (error) => (error as Error).message,
};

function deployment(status: string, mode = 'enforce', without: readonly string[] = []): Deployment {
  const ids = deployedResources.filter((id) => !without.includes(id));
  return {
    status,
    template: null,
    facts: {
      name: 'stack',
      partition: 'aws',
      region: 'us-east-1',
      account: '111122223333',
      parameters: { Mode: mode },
      resources: new Map(ids.map((id) => [id, { type: 'T', physicalId: id }])),
    },
  };
}

function denied(message: string, command = 'iam:GetRole'): Error {
  return Object.assign(new Error(message), { name: 'AccessDeniedException', command });
}

describe('the stack', () => {
  it.each(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'])(
    'is correct when it is %s',
    (status) => {
      expect(checkStack(context, deployment(status))).toMatchObject([{ status: 'ok' }]);
    },
  );

  it.each([
    ['UPDATE_ROLLBACK_COMPLETE', 'aws cloudformation describe-stack-events'],
    ['ROLLBACK_COMPLETE', 'describe-stack-events'],
    ['UPDATE_ROLLBACK_FAILED', 'describe-stack-events'],
    ['DELETE_FAILED', 'describe-stack-events'],
    ['UPDATE_IN_PROGRESS', 'Run doctor again when it has finished'],
    ['UPDATE_ROLLBACK_IN_PROGRESS', 'Run doctor again'],
  ])('is broken when it is %s', (status, fix) => {
    expect(checkStack(context, deployment(status))).toMatchObject([
      {
        status: 'broken',
        message: expect.stringContaining(status),
        fix: expect.stringContaining(fix),
      },
    ]);
  });

  it('in observe mode is named as such, and is correct', () => {
    expect(checkStack(context, deployment('UPDATE_COMPLETE', 'observe'))).toMatchObject([
      { status: 'ok', message: expect.stringContaining('observe: it blocks no user') },
    ]);
  });

  it('of an older release names what it lacks', () => {
    const old = deployment('UPDATE_COMPLETE', 'enforce', ['StateTable', 'GroupTamperedRule']);
    expect(checkStack(context, old)).toMatchObject([
      {
        message:
          'stack has no GroupTamperedRule, StateTable. It is an older release or another stack',
        fix: expect.stringContaining('mfa-enforcer deploy'),
      },
    ]);
  });
});

describe('the Region', () => {
  it.each([
    [null, 'us-east-1', 'ok'],
    ['us-east-1', 'us-east-1', 'ok'],
    ['eu-west-1', 'us-east-1', 'broken'],
    ['us-east-1', 'us-gov-west-1', 'broken'],
  ])('%s asked for, %s needed: %s', (askedRegion, region, status) => {
    expect(checkRegion({ ...context, askedRegion, region })).toMatchObject([{ status }]);
  });
});

describe('a check that could not run', () => {
  it.each([
    [
      'the action that AWS names',
      'User: x is not authorized to perform: iam:GetRolePolicy on resource: y',
      'AWS denied iam:GetRolePolicy',
    ],
    ['the call where AWS names none', 'Access Denied', 'AWS denied iam:GetRole'],
    [
      'who denies it',
      'User: x is not authorized to perform: kms:Decrypt on resource: y with an explicit deny in a service control policy',
      'AWS denied kms:Decrypt (explicit deny in a service control policy)',
    ],
  ])('reports %s', (_, denial, message) => {
    const found = unknown(context, 'roles', denied(denial));
    expect(found).toMatchObject({ status: 'unknown', message });
    expect(found.fix).toContain('doctor-policy.json');
  });

  it('has the reason and no fix, if no right is missing', () => {
    expect(unknown(context, 'roles', new Error('the wire was cut'))).toEqual({
      check: 'roles',
      status: 'unknown',
      message: 'the wire was cut',
      fix: null,
    });
  });

  it('is reported once, and stops no other check', async () => {
    const found = await runCheckEach(context, 'rules', [1, 2, 3, 4], async (thing) => {
      if (thing !== 3) throw denied('no');
      return [{ check: 'rules', status: 'broken', message: 'rule 3', fix: 'fix it' }];
    });
    expect(found.map(({ message }) => message)).toEqual(['AWS denied iam:GetRole', 'rule 3']);
  });
});

it.each([
  ['sqs', null, 'aws sqs purge-queue --region us-east-1 --queue-url u'],
  ['sqs', 'audit', 'aws sqs purge-queue --region us-east-1 --profile audit --queue-url u'],
  ['iam', 'audit', 'aws iam purge-queue --profile audit --queue-url u'],
])('a command for %s as %s', (service, profile, command) => {
  expect(aws({ ...context, profile }, service, 'purge-queue --queue-url u')).toBe(command);
});

describe('the last sweep', () => {
  const sweptHoursAgo = async (hours: number, asked: number | null, overdue?: string) => {
    const dynamo = new MemoryDynamo();
    const id = stateKeys.lastSweep(context.account);
    const finishedAt = new Date(context.now.getTime() - hours * 3_600_000).toISOString();
    const record = lastSweep({ account: context.account, finishedAt });
    dynamo.items.set(id, { id: { S: id }, body: { S: JSON.stringify(record) } });
    const deployed = deployment('UPDATE_COMPLETE');
    const parameters = overdue === undefined ? {} : { SweepOverdueHours: overdue };
    const clients = { ...context.clients, dynamo } as unknown as DeploymentContext['clients'];
    const [found] = await checkLastSweep(
      { ...context, clients, sweepWithinHours: asked },
      { ...deployed, facts: { ...deployed.facts, parameters } },
    );
    return found?.status;
  };

  it.each([
    { hours: 71, asked: null, overdue: '72', status: 'ok' },
    { hours: 73, asked: null, overdue: '72', status: 'broken' },
    { hours: 27, asked: null, overdue: undefined, status: 'broken' },
    { hours: 25, asked: null, overdue: undefined, status: 'ok' },
    { hours: 71, asked: 26, overdue: '72', status: 'broken' },
  ])(
    'of $hours hours ago is $status where $overdue is deployed and $asked asked for',
    async ({ hours, asked, overdue, status }) => {
      expect(await sweptHoursAgo(hours, asked, overdue)).toBe(status);
    },
  );
});
