import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import {
  CloudTrailClient,
  DeleteTrailCommand,
  PutEventSelectorsCommand,
  StartLoggingCommand,
  StopLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreatePolicyVersionCommand,
  DeleteGroupPolicyCommand,
  DeleteRolePolicyCommand,
  PutGroupPolicyCommand,
  PutRolePolicyCommand,
  SetDefaultPolicyVersionCommand,
} from '@aws-sdk/client-iam';
import {
  DeleteFunctionConcurrencyCommand,
  LambdaClient,
  PutFunctionConcurrencyCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import {
  PurgeQueueCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { DeleteParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LastSweep } from '../../events/last-sweep.ts';
import { stateKeys } from '../../events/state-keys.ts';
import { mfaEnforcer } from '../../functions/commands/program.ts';
import { forceMfaPolicy } from '../../functions/domain/rules/force-mfa.ts';
import { putEntry } from '../../functions/io/dynamodb.ts';
import type { Finding } from '../../functions/pipeline/doctor/check.ts';
import { createManagementTrail, TRAIL } from '../../infra/local/gaps.ts';
import { localClient } from '../../infra/local/local-client.ts';
import { sweepNow } from '../../infra/local/watch.ts';
import { lastSweep } from '../fakes/last-sweep.ts';
import { terminalOf } from '../fakes/shell.ts';
import { startDenyingProxy } from './denying-proxy.ts';
import { physicalId, startTestAws, type TestAws, untilQuiet } from './local-aws.ts';

const started = await startTestAws({ parameters: { BoundaryDeny: 'yes' } });
const test = started as TestAws;
const endpoint = started?.aws.trail.endpoint ?? 'http://127.0.0.1:1';
const cloudTrail = localClient(CloudTrailClient, endpoint);
const dynamo = localClient(DynamoDBClient, endpoint);
const events = localClient(EventBridgeClient, endpoint);
const lambda = localClient(LambdaClient, endpoint);
const ssm = localClient(SSMClient, endpoint);

const ACCOUNT = '123456789012';
const WEBHOOK = '/mfa-enforcer/slack-webhook';
const id = (logicalId: string) => physicalId(test, logicalId);
const arnOf = (queue: string) => `arn:aws:sqs:us-east-1:${ACCOUNT}:${id(queue).split('/').at(-1)}`;

afterAll(async () => {
  for (const client of [cloudTrail, dynamo, events, lambda, ssm]) client.destroy();
  await started?.stop();
});

interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

const environment = {
  AWS_ENDPOINT_URL: endpoint,
  // The configured Region is another one: doctor uses the Region where the deployment must be.
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'AKIALOCALLOCALLOCAL1',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_EC2_METADATA_DISABLED: 'true',
};

/** The real command, as a process of its own. */
function bin(...args: readonly string[]): Promise<Ran> {
  const env = { PATH: process.env.PATH, ...environment };
  return new Promise((done) => {
    execFile(process.execPath, ['dist/cli/index.mjs', ...args], { env }, (error, out, err) => {
      done({ status: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

/** The command within this process, which is faster. The SDK reads its configuration from the environment. */
async function command(args: readonly string[], at = endpoint): Promise<Ran> {
  const before = { ...process.env };
  const env = { ...environment, AWS_ENDPOINT_URL: at };
  Object.assign(process.env, env);
  const { terminal, out, err } = terminalOf({ env });
  try {
    const status = await mfaEnforcer(terminal, args);
    return { status, out: out.join(''), err: err.join('') };
  } finally {
    for (const name of Object.keys(env)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

interface Diagnosis {
  readonly status: number;
  readonly findings: readonly Finding[];
}

async function doctor(args: readonly string[] = [], at = endpoint): Promise<Diagnosis> {
  const { status, out, err } = await command(['doctor', '--json', ...args], at);
  if (out === '') throw new Error(`doctor message no JSON, but: ${err}`);
  return { status, findings: (JSON.parse(out) as { findings: Finding[] }).findings };
}

const print = async (resource: string) => {
  const { status, out, err } = await command(['doctor', '--print', resource]);
  if (status !== 0) throw new Error(`doctor --print ${resource} ended in ${status}: ${err}`);
  return out;
};

const withDoctorsAttributes = async (queue: string) => {
  const Attributes = JSON.parse(await print(queue)) as Record<string, string>;
  await test.sqs.send(new SetQueueAttributesCommand({ QueueUrl: id(queue), Attributes }));
};

const withDoctorsRights = async (role: string, PolicyName: string, resource = role) => {
  const PolicyDocument = await print(resource);
  await test.unseen.send(
    new PutRolePolicyCommand({ RoleName: id(role), PolicyName, PolicyDocument }),
  );
};

const putSweepTarget = () =>
  events.send(
    new PutTargetsCommand({
      Rule: id('SweepScheduleRule'),
      Targets: [
        {
          Id: 'nightly-sweep',
          Arn: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${id('NightlySweepLambdaFunction')}`,
          DeadLetterConfig: { Arn: arnOf('SweepsFailed') },
        },
      ],
    }),
  );

const sources = [
  'OnIamChangeEventSourceMappingSQSIamChangesQueue',
  'NightlySweepEventSourceMappingSQSSweepsQueue',
  'NotifySlackEventSourceMappingSQSOutcomesQueue',
  'NotifyUserEventSourceMappingSQSUserMailQueue',
];
const setSource = (source: string, Enabled: boolean) =>
  lambda.send(new UpdateEventSourceMappingCommand({ UUID: id(source), Enabled }));

const recordOf = (ReadWriteType: 'All' | 'ReadOnly') =>
  cloudTrail.send(
    new PutEventSelectorsCommand({
      TrailName: TRAIL,
      EventSelectors: [{ ReadWriteType, IncludeManagementEvents: true }],
    }),
  );

const recordSweep = (change: Partial<LastSweep>) => {
  const record = lastSweep({ account: ACCOUNT, finishedAt: new Date().toISOString(), ...change });
  const far = new Date(Date.now() + 86_400_000);
  return putEntry(
    dynamo,
    id('StateTable'),
    stateKeys.lastSweep(ACCOUNT),
    JSON.stringify(record),
    far,
  );
};

interface Breakage {
  readonly name: string;
  /** Breaks the deployment. @returns a function that fixes it again */
  readonly break: () => Promise<() => Promise<unknown>>;
  readonly check: string;
  readonly message: readonly (string | RegExp)[];
  readonly fix: readonly (string | RegExp)[];
}

const breakages: readonly Breakage[] = [
  {
    name: 'a disabled rule',
    break: async () => {
      const Name = id('UserChangesRule');
      await events.send(new DisableRuleCommand({ Name }));
      return () => events.send(new EnableRuleCommand({ Name }));
    },
    check: 'rules',
    message: ['UserChangesRule (IAM calls that change', 'is disabled'],
    fix: [
      /^aws events enable-rule --region us-east-1 --name iam-mfa-enforcer-prod-UserChanges\S+$/,
    ],
  },
  {
    name: 'a rule with another pattern',
    break: async () => {
      const put = (EventPattern: string) =>
        events.send(new PutRuleCommand({ Name: id('BlockChangesRule'), EventPattern }));
      await put('{"source":["nothing"]}');
      return async () => put(await print('BlockChangesRule'));
    },
    check: 'rules',
    message: ['BlockChangesRule', 'is not as deployed'],
    fix: ['doctor --stack iam-mfa-enforcer-prod --print BlockChangesRule', 'put-rule'],
  },
  {
    name: 'a rule without its target',
    break: async () => {
      const Rule = id('SweepScheduleRule');
      await events.send(new RemoveTargetsCommand({ Rule, Ids: ['nightly-sweep'] }));
      return putSweepTarget;
    },
    check: 'rules',
    message: ['SweepScheduleRule', 'does not send to its target nightly-sweep'],
    fix: [/put-targets .*--targets 'Id=nightly-sweep,Arn=arn:aws:lambda:.*DeadLetterConfig=/],
  },
  {
    name: 'a message in a dead-letter queue',
    break: async () => {
      const QueueUrl = id('IamChangesFailed');
      await test.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' }));
      return () => test.sqs.send(new PurgeQueueCommand({ QueueUrl }));
    },
    check: 'failed messages',
    message: ['IamChangesFailed contains 1 message'],
    fix: ['logs tail', 'mfa-enforcer redrive IamChangesFailed --stack iam-mfa-enforcer-prod'],
  },
  {
    name: 'a failed sweep',
    break: async () => {
      const QueueUrl = id('SweepsFailed');
      await test.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' }));
      return () => test.sqs.send(new PurgeQueueCommand({ QueueUrl }));
    },
    check: 'failed messages',
    message: ['SweepsFailed contains 1 message: sweeps that failed'],
    fix: ['aws lambda invoke', 'purge-queue'],
  },
  {
    name: 'a queue that EventBridge may not send to',
    break: async () => {
      const QueueUrl = id('IamChangesQueue');
      const Attributes = { Policy: '' };
      await test.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
      return () => withDoctorsAttributes('IamChangesQueue');
    },
    check: 'queues',
    message: [
      'the policy of IamChangesQueue lacks the statement RulesMaySend: EventBridge may not send to it',
    ],
    fix: ['--print IamChangesQueue > queue.json', 'set-queue-attributes'],
  },
  {
    name: 'a queue with an additional sender',
    break: async () => {
      const QueueUrl = id('OutcomesQueue');
      const { Policy = '' } = JSON.parse(await print('OutcomesQueue')) as Record<string, string>;
      const policy = JSON.parse(Policy) as { Statement: object[] };
      policy.Statement.push({
        Sid: 'Everyone',
        Effect: 'Allow',
        Principal: '*',
        Action: 'sqs:SendMessage',
        Resource: arnOf('OutcomesQueue'),
      });
      const Attributes = { Policy: JSON.stringify(policy) };
      await test.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
      return () => withDoctorsAttributes('OutcomesQueue');
    },
    check: 'queues',
    message: [/^the policy of OutcomesQueue has the additional statement Everyone$/],
    fix: ['--print OutcomesQueue'],
  },
  {
    name: 'a queue with too few tries',
    break: async () => {
      const QueueUrl = id('OutcomesQueue');
      const RedrivePolicy = JSON.stringify({
        deadLetterTargetArn: arnOf('OutcomesFailed'),
        maxReceiveCount: 1,
      });
      // moto forgets the other attribute if only one is set.
      const { Policy = '' } = JSON.parse(await print('OutcomesQueue')) as Record<string, string>;
      const Attributes = { RedrivePolicy, Policy };
      await test.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
      return () => withDoctorsAttributes('OutcomesQueue');
    },
    check: 'queues',
    message: ['OutcomesQueue', 'RedrivePolicy'],
    fix: ['--print OutcomesQueue', 'set-queue-attributes'],
  },
  {
    name: 'no webhook',
    break: async () => {
      await ssm.send(new DeleteParameterCommand({ Name: WEBHOOK }));
      return () => putWebhook(test.aws.slack.webhook);
    },
    check: 'webhook',
    message: [`there is no SSM parameter ${WEBHOOK}`],
    fix: [`aws ssm put-parameter --region us-east-1 --type SecureString --name ${WEBHOOK}`],
  },
  {
    name: 'a webhook of another host',
    break: async () => {
      await putWebhook('https://example.com/canary-of-the-webhook');
      return () => putWebhook(test.aws.slack.webhook);
    },
    check: 'webhook',
    message: [`${WEBHOOK} contains a URL of another host than Slack’s`],
    fix: ['--overwrite'],
  },
  {
    name: 'a workflow’s trigger as the webhook',
    break: async () => {
      await putWebhook('https://hooks.slack.com/triggers/T0/1/canary-of-the-webhook');
      return () => putWebhook(test.aws.slack.webhook);
    },
    check: 'webhook',
    message: [`${WEBHOOK} contains a workflow’s trigger (/triggers/…)`],
    fix: ['--overwrite'],
  },
  {
    name: 'another version of ForceMFA as the default',
    break: async () => {
      const PolicyArn = id('ForceMfaPolicy');
      await test.unseen.send(
        new CreatePolicyVersionCommand({
          PolicyArn,
          PolicyDocument: JSON.stringify({
            Version: '2012-10-17',
            Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
          }),
          SetAsDefault: true,
        }),
      );
      return () =>
        test.unseen.send(new SetDefaultPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
    },
    check: 'policy',
    message: [`the default version of arn:aws:iam::${ACCOUNT}:policy/ForceMFA is not`],
    fix: ['mfa-enforcer policy --partition aws > policy.json && aws iam create-policy-version'],
  },
  {
    name: 'a deny group without its policy',
    break: async () => {
      const [GroupName, PolicyName] = ['ForceMFA', 'ForceMFA'];
      await test.unseen.send(new DeleteGroupPolicyCommand({ GroupName, PolicyName }));
      const PolicyDocument = JSON.stringify(forceMfaPolicy('aws', 'console'));
      return () =>
        test.unseen.send(new PutGroupPolicyCommand({ GroupName, PolicyName, PolicyDocument }));
    },
    check: 'policy',
    message: ['the group ForceMFA'],
    fix: ['put-group-policy'],
  },
  {
    name: 'a role without its rights',
    break: async () => {
      const [RoleName, PolicyName] = [id('NotifySlackRole'), 'notify-slack'];
      await test.unseen.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
      return () => withDoctorsRights('NotifySlackRole', 'notify-slack');
    },
    check: 'roles',
    message: ['NotifySlackRole lacks its policy notify-slack', 'lacks', 'ssm:GetParameter'],
    fix: ['--print NotifySlackRole > rights.json', 'aws iam put-role-policy --role-name'],
  },
  {
    name: 'a role that lost one right',
    break: async () => {
      const [RoleName, PolicyName] = [id('OnIamChangeRole'), 'on-iam-change'];
      const policy = JSON.parse(await print('OnIamChangeRole')) as { Statement: { Sid: string }[] };
      const Statement = policy.Statement.filter(({ Sid }) => Sid !== 'BlockAndUnblock');
      const PolicyDocument = JSON.stringify({ ...policy, Statement });
      await test.unseen.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
      return () => withDoctorsRights('OnIamChangeRole', PolicyName);
    },
    check: 'roles',
    message: [
      'the policy on-iam-change of OnIamChangeRole lacks the statement BlockAndUnblock: on-iam-change lacks iam:AttachUserPolicy, iam:DetachUserPolicy',
    ],
    fix: ['--print OnIamChangeRole > rights.json', 'put-role-policy'],
  },
  {
    name: 'a role without the boundary that the deployment chose',
    break: async () => {
      const [RoleName, PolicyName] = [id('OnIamChangeRole'), 'boundary-deny'];
      await test.unseen.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
      return () => withDoctorsRights('OnIamChangeRole', PolicyName, 'OnIamChangeBoundaryDeny');
    },
    check: 'roles',
    message: ['lacks its policy boundary-deny: on-iam-change lacks iam:PutUserPermissionsBoundary'],
    fix: ['--print OnIamChangeBoundaryDeny'],
  },
  {
    name: 'a role with rights that are not in the template',
    break: async () => {
      const [RoleName, PolicyName] = [id('NightlySweepRole'), 'backdoor'];
      const PolicyDocument =
        '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}';
      await test.unseen.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
      return () => test.unseen.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
    },
    check: 'roles',
    message: ['NightlySweepRole has a policy backdoor that was not deployed'],
    fix: ['aws iam delete-role-policy --role-name', '--policy-name backdoor'],
  },
  {
    name: 'no trail',
    break: async () => {
      await cloudTrail.send(new DeleteTrailCommand({ Name: TRAIL }));
      return () => createManagementTrail(endpoint);
    },
    check: 'trail',
    message: ['no CloudTrail trail covers us-east-1'],
    fix: ['aws cloudtrail create-trail --region us-east-1', 'aws cloudtrail start-logging'],
  },
  {
    name: 'a trail that is switched off',
    break: async () => {
      const Name = TRAIL;
      await cloudTrail.send(new StopLoggingCommand({ Name }));
      return () => cloudTrail.send(new StartLoggingCommand({ Name }));
    },
    check: 'trail',
    message: ['trail management-events is switched off'],
    fix: [/start-logging --region us-east-1 --name arn:aws:cloudtrail:\S+management-events$/],
  },
  {
    name: 'a trail without writes',
    break: async () => {
      await recordOf('ReadOnly');
      return () => recordOf('All');
    },
    check: 'trail',
    message: ['does not record IAM’s management write events'],
    fix: ['put-event-selectors'],
  },
  {
    name: 'a function that is switched off',
    break: async () => {
      const FunctionName = id('OnIamChangeLambdaFunction');
      await lambda.send(
        new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }),
      );
      return () => lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
    },
    check: 'functions',
    message: ['iam-mfa-enforcer-prod-on-iam-change is switched off'],
    fix: ['delete-function-concurrency'],
  },
  {
    name: 'a function with other settings',
    break: async () => {
      const FunctionName = id('OnIamChangeLambdaFunction');
      const put = (Environment: object) =>
        lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment }));
      const deployed = JSON.parse(await print('OnIamChangeLambdaFunction')) as {
        Variables: Record<string, string>;
      };
      await put({
        Variables: { ...deployed.Variables, MFA_ENFORCER_MODE: 'observe', NODE_OPTIONS: '-x' },
      });
      return () => put(deployed);
    },
    check: 'functions',
    message: ['MFA_ENFORCER_MODE is observe, not enforce; NODE_OPTIONS was added'],
    fix: ['--print OnIamChangeLambdaFunction > variables.json', 'update-function-configuration'],
  },
  {
    name: 'a queue that nothing reads',
    break: async () => {
      await setSource(sources[0] ?? '', false);
      return () => setSource(sources[0] ?? '', true);
    },
    check: 'functions',
    message: ['OnIamChangeEventSourceMappingSQSIamChangesQueue is Disabled'],
    fix: [/update-event-source-mapping .*--enabled$/],
  },
  {
    name: 'a sweep of long ago',
    break: async () => {
      await recordSweep({ finishedAt: new Date(Date.now() - 27 * 3_600_000).toISOString() });
      return () => recordSweep({});
    },
    check: 'last sweep',
    message: ['(27 h ago), more than 26 hours ago'],
    fix: ['SweepsFailed', 'aws lambda invoke'],
  },
];

const putWebhook = (Value: string) =>
  ssm.send(
    new PutParameterCommand({ Name: WEBHOOK, Type: 'SecureString', Value, Overwrite: true }),
  );

const notOk = (findings: readonly Finding[]) => findings.filter(({ status }) => status !== 'ok');

describe.skipIf(started === null)('mfa-enforcer doctor', () => {
  beforeAll(async () => {
    await sweepNow(test.aws, 'first');
    await untilQuiet(test);
  });

  it('has no findings in a correct deployment', async () => {
    const { status, findings } = await doctor();
    expect(notOk(findings)).toEqual([]);
    expect(status).toBe(0);
    expect(findings.map(({ check }) => check)).toEqual([
      'region',
      'stack',
      'trail',
      'rules',
      'queues',
      'failed messages',
      'functions',
      'roles',
      'policy',
      'webhook',
      'mail',
      'last sweep',
      'event path',
    ]);
  });

  it('prints one line for each check, without the webhook', async () => {
    const { status, out, err } = await bin('doctor');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toBe(`Stack iam-mfa-enforcer-prod, account ${ACCOUNT}, us-east-1`);
    expect(lines.at(-1)).toBe('No findings.');
    expect(lines.filter((line) => line.startsWith('✔ ok '))).toHaveLength(13);
    expect(out).not.toContain(test.aws.slack.webhook);
  });

  it.each(breakages)(
    'reports $name, and how to fix it',
    async ({ break: breakIt, ...expected }) => {
      const fix = await breakIt();
      const { status, findings } = await doctor();
      await fix();
      const found = notOk(findings);
      expect(found).toMatchObject([{ check: expected.check, status: 'broken' }]);
      for (const text of expected.message) expect(found[0]?.message).toMatch(text);
      for (const text of expected.fix) expect(found[0]?.fix).toMatch(text);
      expect(JSON.stringify(findings)).not.toContain('canary-of-the-webhook');
      expect(status).toBe(1);
    },
  );

  it('has no findings after everything was fixed, partly with the documents that doctor prints', async () => {
    const { status, findings } = await doctor();
    expect(notOk(findings)).toEqual([]);
    expect(status).toBe(0);
  });

  it('reports a wrong Region, and checks the right one', async () => {
    const { status, findings } = await doctor(['--region', 'eu-west-1']);
    expect(notOk(findings)).toMatchObject([
      { check: 'region', message: expect.stringContaining('--region is eu-west-1') },
    ]);
    expect(notOk(findings)[0]?.fix).toContain('--region us-east-1');
    expect(status).toBe(1);
  });

  it('reports that no stack has the name, and still checks the trail', async () => {
    const { status, findings } = await doctor(['--stack', 'no-such-stack']);
    expect(findings.map((one) => `${one.check} ${one.status}`)).toEqual([
      'region ok',
      'stack broken',
      'trail ok',
    ]);
    expect(findings[1]?.message).toContain('no stack no-such-stack in us-east-1');
    expect(findings[1]?.fix).toContain('MFA_ENFORCER_STACK');
    expect(status).toBe(1);
  });

  it.each([
    [['--sweep-within', 'long'], 'Must be a number of hours'],
    [['--print', 'NoSuchThing'], 'NoSuchThing'],
    [['--stack', 'no-such-stack', '--print', 'IamChangesQueue'], '--stack'],
  ])('reports a usage error: %j', async (args, message) => {
    const { status, out, err } = await bin('doctor', ...args);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain(message);
  });

  describe('without one permission', () => {
    const { Statement } = JSON.parse(readFileSync('infra/doctor-policy.json', 'utf8')) as {
      Statement: { Action: string | string[] }[];
    };
    // These calls are made only if the webhook may not be read, for a hub, and with NotifyUsers=email.
    const seldom = [
      'ssm:DescribeParameters',
      'events:DescribeEventBus',
      'organizations:ListAccounts',
      'ses:GetAccount',
      'ses:GetEmailIdentity',
    ];
    const actions = Statement.flatMap(({ Action }) => Action).filter(
      (action) => !seldom.includes(action),
    );

    it.each(actions)(
      '%s: names the check that could not run, and does not report it as ok',
      async (action) => {
        const proxy = await startDenyingProxy(endpoint, action);
        const { status, findings } = await doctor([], proxy.endpoint);
        await proxy.stop();
        // Without the template a rule's bus is known by its id, "bus|rule"; moto gives the rule's name alone.
        const unseen = notOk(findings).filter(
          ({ message }) => !message.startsWith('OutcomesToSlackRule'),
        );
        expect(new Set(unseen.map((one) => one.status))).toEqual(new Set(['unknown']));
        expect(unseen.map(({ message }) => message).join('\n')).toContain(`AWS denied ${action}`);
        expect(unseen[0]?.fix).toContain(`Allow ${action} to arn:aws:`);
        const well = findings.filter((one) => one.status === 'ok').map(({ check }) => check);
        for (const { check } of unseen) {
          if (action !== 'cloudformation:GetTemplate') expect(well).not.toContain(check);
        }
        expect(status).toBe(3);
      },
    );

    it('and with a finding, reports the finding and that the check is incomplete', async () => {
      const Name = id('UserChangesRule');
      await events.send(new DisableRuleCommand({ Name }));
      const proxy = await startDenyingProxy(endpoint, 'cloudtrail:DescribeTrails');
      const { status, findings } = await doctor([], proxy.endpoint);
      await proxy.stop();
      await events.send(new EnableRuleCommand({ Name }));
      expect(notOk(findings).map((one) => `${one.check} ${one.status}`)).toEqual([
        'trail unknown',
        'rules broken',
      ]);
      expect(status).toBe(3);
    });
  });
});
