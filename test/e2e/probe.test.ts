import { setTimeout as sleep } from 'node:timers/promises';
import {
  CloudTrailClient,
  StartLoggingCommand,
  StopLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import {
  DeleteRuleCommand,
  DescribeEventBusCommand,
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  ListTargetsByRuleCommand,
  PutPermissionCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemovePermissionCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { GetRolePolicyCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { LambdaClient, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, describe, expect, it } from 'vitest';
import type { ProbedAccount } from '../../functions/pipeline/doctor/probe.ts';
import { TRAIL } from '../../infra/local/gaps.ts';
import { localClient } from '../../infra/local/local-client.ts';
import { administratorOf } from '../../infra/local/organization.ts';
import { say } from '../fakes/shell.ts';
import { depth, physicalId, startTestAws, type TestAws } from './local-aws.ts';
import { errorAnswer, startProxy } from './proxy.ts';

const HUB = '123456789012';
const ROLE = { RoleName: '', PolicyName: 'on-iam-change' };

const started = await startTestAws({
  accounts: { Production: { Mode: 'observe' }, Sandbox: null },
  // moto enforces no roles. This denies on-iam-change the one right that a fault below takes away.
  between: (endpoint) =>
    startProxy(endpoint, async (call, pass) => {
      if (call.action !== 'dynamodb:PutItem' || !(await lacksPutItem(endpoint, call.accessKey)))
        return pass();
      const message = 'is not authorized to perform: dynamodb:PutItem';
      return errorAnswer(call, 400, 'AccessDenied', message);
    }),
});
const test = started as TestAws;

async function lacksPutItem(endpoint: string, accessKeyId: string): Promise<boolean> {
  if (ROLE.RoleName === '') return false;
  const sts = localClient(STSClient, endpoint, { accessKeyId, secretAccessKey: 'local' });
  const { Arn = '' } = await sts.send(new GetCallerIdentityCommand({}));
  sts.destroy();
  return Arn.includes(ROLE.RoleName);
}

const endpoint = started?.aws.trail.endpoint ?? 'http://127.0.0.1:1';
const cloudTrail = localClient(CloudTrailClient, endpoint);
const events = localClient(EventBridgeClient, endpoint);
const lambda = localClient(LambdaClient, endpoint);
afterAll(async () => {
  for (const client of [cloudTrail, events, lambda]) client.destroy();
  await started?.stop();
});

const id = (logicalId: string) => physicalId(test, logicalId);
const accountOf = (name: string) =>
  name === 'hub' ? HUB : (test.aws.organization?.accounts.get(name) ?? '');

interface Probed {
  readonly status: number;
  readonly accounts: readonly ProbedAccount[];
}

async function probe(accounts: readonly string[], timeout: number): Promise<Probed> {
  const ran = await say(
    endpoint,
    ['doctor', '--probe', '--accounts', accounts.join(), '--timeout', `${timeout}`, '--json'],
    { pause: (ms) => new Promise((done) => setTimeout(done, ms / 5)) },
  );
  if (ran.stdout === '') throw new Error(ran.stderr);
  return { status: ran.status, ...(JSON.parse(ran.stdout) as Omit<Probed, 'status'>) };
}

/** EventBridge in a spoke's account. */
async function eventsOf(name: string): Promise<EventBridgeClient> {
  const { endpoint: moto } = test.aws.moto;
  return localClient(EventBridgeClient, moto, await administratorOf(moto, accountOf(name)));
}

interface Fault {
  readonly about: string;
  /** The account whose event does not arrive. */
  readonly of: string;
  /** @returns what the fix does */
  readonly make: () => Promise<() => Promise<unknown>>;
  /** The first stage that is not reached, what is wrong, and the fix. */
  readonly stage: string;
  readonly message: string;
  readonly fix: RegExp;
}

const faults: readonly Fault[] = [
  {
    about: 'a disabled rule',
    of: 'hub',
    make: async () => {
      const Name = id('PolicyChangesRule');
      await events.send(new DisableRuleCommand({ Name }));
      return () => events.send(new EnableRuleCommand({ Name }));
    },
    stage: 'rule',
    message: 'is disabled',
    fix: /^aws events enable-rule /,
  },
  {
    about: 'a rule without its target',
    of: 'hub',
    make: async () => {
      const Rule = id('PolicyChangesRule');
      const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule }));
      const Ids = Targets.map(({ Id = '' }) => Id);
      await events.send(new RemoveTargetsCommand({ Rule, Ids }));
      return () => events.send(new PutTargetsCommand({ Rule, Targets }));
    },
    stage: 'rule',
    message: 'does not send to its target',
    fix: /^aws events put-targets /,
  },
  {
    about: 'a queue whose policy was changed',
    of: 'hub',
    make: async () => {
      const QueueUrl = id('IamChangesQueue');
      const { Attributes } = await test.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['Policy'] }),
      );
      const other = (Attributes?.Policy ?? '').replaceAll('PolicyChangesRule', 'OtherRule');
      const set = (Policy: string) =>
        test.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
      await set(other);
      return () => set(Attributes?.Policy ?? '');
    },
    stage: 'queue',
    message: 'the policy of IamChangesQueue',
    fix: /aws sqs set-queue-attributes /,
  },
  {
    about: 'an event source mapping that is disabled',
    of: 'hub',
    make: async () => {
      const UUID = id('OnIamChangeEventSourceMappingSQSIamChangesQueue');
      const set = (Enabled: boolean) =>
        lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
      await set(false);
      // A receive that is under way still takes messages.
      await sleep(2_000);
      return () => set(true);
    },
    stage: 'function',
    message: 'Lambda does not read the queue',
    fix: /^aws lambda update-event-source-mapping .*--enabled$/,
  },
  {
    about: 'a function whose role lacks a right',
    of: 'hub',
    make: async () => {
      const role = { ...ROLE, RoleName: id('OnIamChangeRole') };
      const { PolicyDocument = '' } = await test.unseen.send(new GetRolePolicyCommand(role));
      const document = decodeURIComponent(PolicyDocument);
      const put = (text: string) =>
        test.unseen.send(new PutRolePolicyCommand({ ...role, PolicyDocument: text }));
      ROLE.RoleName = role.RoleName;
      await put(document.replaceAll('dynamodb:PutItem', 'dynamodb:DescribeTable'));
      return () => {
        ROLE.RoleName = '';
        return put(document);
      };
    },
    stage: 'outcome',
    message: 'dynamodb:PutItem',
    fix: /aws iam put-role-policy /,
  },
  {
    about: 'a trail that was stopped',
    of: 'hub',
    make: async () => {
      await cloudTrail.send(new StopLoggingCommand({ Name: TRAIL }));
      return () => cloudTrail.send(new StartLoggingCommand({ Name: TRAIL }));
    },
    stage: 'trail',
    message: 'is switched off',
    fix: /^aws cloudtrail start-logging /,
  },
  {
    about: 'a spoke whose forwarding rule was removed',
    of: 'Production',
    make: async () => {
      const there = await eventsOf('Production');
      const Rule = 'ForceMFA-policy-changes';
      const { EventPattern } = await there.send(new DescribeRuleCommand({ Name: Rule }));
      const { Targets = [] } = await there.send(new ListTargetsByRuleCommand({ Rule }));
      await there.send(new RemoveTargetsCommand({ Rule, Ids: Targets.map(({ Id = '' }) => Id) }));
      await there.send(new DeleteRuleCommand({ Name: Rule }));
      return async () => {
        await there.send(new PutRuleCommand({ Name: Rule, EventPattern }));
        await there.send(new PutTargetsCommand({ Rule, Targets }));
      };
    },
    stage: 'rule',
    message: 'the event did not leave the account',
    fix: /aws events describe-rule .*ForceMFA-policy-changes/,
  },
  {
    about: 'a hub whose bus has another policy',
    of: 'Production',
    make: async () => {
      const EventBusName = 'iam-mfa-enforcer-prod-hub';
      const { Policy } = await events.send(new DescribeEventBusCommand({ Name: EventBusName }));
      await events.send(new RemovePermissionCommand({ EventBusName, RemoveAllPermissions: true }));
      return () => events.send(new PutPermissionCommand({ EventBusName, Policy }));
    },
    stage: 'rule',
    message: 'the policy of the bus',
    fix: /^aws events put-permission --region us-east-1 --event-bus-name /,
  },
];

describe.skipIf(started === null)('doctor --probe', () => {
  it('proves the event paths of all accounts, and names the one without a spoke', async () => {
    const ran = await say(endpoint, ['doctor', '--probe', '--json']);
    const { accounts } = JSON.parse(ran.stdout) as Probed;
    const byAccount = new Map(accounts.map((one) => [one.account, one]));
    expect(byAccount.size).toBe(3);
    for (const account of [HUB, accountOf('Production')]) {
      const { status, latencyMs, stages = [] } = byAccount.get(account) ?? {};
      expect(status).toBe('proven');
      expect(latencyMs).toBeGreaterThan(0);
      expect(stages.every((one) => one.status === 'passed')).toBe(true);
    }
    expect(byAccount.get(accountOf('Sandbox'))?.status).toBe('refused');
    expect(ran.status).toBe(3);
    expect(await depth(test, 'SweepsFailed')).toBe(0);
  }, 60_000);

  it.each(faults)(
    'stops at the right stage for $about, and recovers',
    async (fault) => {
      const account = accountOf(fault.of);
      const fix = await fault.make();
      const probing = probe([account], 6);
      await Promise.allSettled([probing]);
      await fix();
      const { status, accounts } = await probing;
      const [probed] = accounts;
      const broken = probed?.stages.find((one) => one.status === 'broken');
      expect(broken).toMatchObject({
        stage: fault.stage,
        message: expect.stringContaining(fault.message),
        fix: expect.stringMatching(fault.fix),
      });
      expect(probed?.status).toBe('unproven');
      expect(status).toBe(1);
      const after = await probe([account], 60);
      expect(after).toMatchObject({ status: 0, accounts: [{ account, status: 'proven' }] });
    },
    120_000,
  );
});
