import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { QueueDoesNotExist, SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Terminal } from '../../../functions/commands/terminal.ts';
import {
  actionOf,
  type HealthyDeployment,
  healthyDeployment,
} from '../../fakes/healthy-deployment.ts';
import { answerBy } from '../../fakes/sdk-clients.ts';
import { type Said, say } from '../../fakes/shell.ts';

// The commands about a deployment, from the command line down to the SDK's clients, whose calls a deployment in memory answers.

const NOW = new Date('2026-03-01T12:00:00Z');
const STACK = 'stack';
const clients = [
  CloudFormationClient,
  CloudTrailClient,
  DynamoDBClient,
  EventBridgeClient,
  IAMClient,
  LambdaClient,
  SQSClient,
  SSMClient,
  STSClient,
];

type Input = Readonly<Record<string, unknown>>;

let deployment: HealthyDeployment;
let asked: (readonly [action: string, input: Input, region: string])[];

beforeEach(() => {
  deployment = healthyDeployment();
  deployment.answers.GetCallerIdentity = () => ({
    Account: '111122223333',
    Arn: 'arn:aws:iam::111122223333:user/dana',
  });
  asked = [];
  for (const one of clients) {
    answerBy(
      one,
      async (command: { input: Input }, client: { config: { region: () => Promise<string> } }) => {
        asked.push([actionOf(command), command.input, await client.config.region()]);
        return deployment.answer(command);
      },
    );
  }
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const ask = (args: readonly string[], change: Partial<Terminal> = {}): Promise<Said> =>
  say('http://127.0.0.1:9', args, {
    now: () => NOW,
    ...change,
    env: { MFA_ENFORCER_STACK: STACK, ...change.env },
  });
const stacksAsked = () =>
  new Set(asked.map(([, { StackName }]) => StackName).filter((name) => name !== undefined));
const denied = () =>
  Object.assign(
    new Error(
      'User: arn:aws:iam::111122223333:user/dana is not authorized to perform: sqs:GetQueueAttributes on resource: x',
    ),
    { name: 'AccessDeniedException' },
  );

describe('doctor', () => {
  it('reports that all is well, with the stack and the caller', async () => {
    const { status, stdout } = await ask(['doctor']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Stack stack, account 111122223333, us-east-1\n\n/);
    expect(stdout).not.toMatch(/[✖?]/);
    expect(stdout).not.toContain('\u001b');
    expect(stacksAsked()).toEqual(new Set([STACK]));
  });

  it('checks the stack of its option or its variable', async () => {
    await ask(['doctor'], { env: { MFA_ENFORCER_STACK: undefined } });
    expect(stacksAsked()).toEqual(new Set(['iam-mfa-enforcer-prod']));
    asked = [];
    await ask(['doctor'], { env: { MFA_ENFORCER_STACK: 'by-variable' } });
    expect(stacksAsked()).toEqual(new Set(['by-variable']));
    asked = [];
    await ask(['doctor', '--stack', 'by-option'], { env: { MFA_ENFORCER_STACK: 'by-variable' } });
    expect(stacksAsked()).toEqual(new Set(['by-option']));
  });

  it('checks and names the Region of IAM’s events even if another Region is given', async () => {
    const { stdout } = await ask(['doctor', '--region', 'eu-central-1']);
    expect(stdout).toContain('eu-central-1');
    expect(new Set(asked.filter(([, i]) => i.StackName).map(([, , region]) => region))).toEqual(
      new Set(['us-east-1']),
    );
  });

  it('has colours at a terminal', async () => {
    const { stdout } = await ask(['doctor'], { screen: { columns: 100 } });
    expect(stdout).toContain('\u001b[32m');
  });

  it('reports findings by its exit status, and in JSON', async () => {
    deployment.spoil('GetFunctionConcurrency', {}, () => ({ ReservedConcurrentExecutions: 0 }));
    expect((await ask(['doctor'])).status).toBe(1);
    const { status, stdout } = await ask(['doctor', '--json']);
    expect(status).toBe(1);
    const { findings, ...head } = JSON.parse(stdout) as { findings: { status: string }[] };
    const count = (wanted: string) => findings.filter((one) => one.status === wanted).length;
    expect(head).toEqual({
      schema: 'mfa-enforcer/doctor/1',
      at: NOW.toISOString(),
      account: '111122223333',
      region: 'us-east-1',
      stack: STACK,
      ok: count('ok'),
      broken: count('broken'),
      unknown: 0,
    });
    expect(count('broken')).toBeGreaterThan(0);
    expect(count('ok')).toBeGreaterThan(0);
  });

  it('reports an incomplete check, not a healthy deployment', async () => {
    deployment.answers.GetQueueAttributes = denied;
    const { status, stdout } = await ask(['doctor', '--json']);
    expect(status).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ broken: 0, unknown: expect.any(Number) });
    expect(stdout).toContain('Allow sqs:GetQueueAttributes to arn:aws:iam::111122223333:user/dana');
  });

  it.each([
    ['24', 0],
    ['8', 1],
  ])('accepts a last sweep within %s hours: exit status %s', async (hours, status) => {
    expect((await ask(['doctor', '--sweep-within', hours])).status).toBe(status);
  });

  it.each(['x', '12345', '1h', 'h1', '-1'])('refuses %j hours', async (hours) => {
    const { status, stderr } = await ask(['doctor', `--sweep-within=${hours}`]);
    expect(status).toBe(2);
    expect(stderr).toContain('Must be a number of hours from 0 to 9999.');
  });

  it('prints the document that a resource must have', async () => {
    const { status, stdout } = await ask(['doctor', '--print', 'IamChangesQueue']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toHaveProperty('RedrivePolicy');
  });

  it.each([
    [
      'a resource without such a document',
      'StateTable',
      {},
      2,
      `Stack ${STACK} has no queue, rule with a pattern, function or role StateTable. mfa-enforcer doctor lists them.\n`,
    ],
    [
      'a stack that does not exist',
      'IamChangesQueue',
      {
        DescribeStacks: () =>
          Object.assign(new Error(`Stack with id ${STACK} does not exist`), {
            name: 'ValidationError',
          }),
      },
      2,
      `Account 111122223333 has no stack ${STACK} in us-east-1. Name the stack with --stack.\n`,
    ],
    [
      'a template that doctor may not read',
      'IamChangesQueue',
      { GetTemplate: denied },
      3,
      'AWS denied sqs:GetQueueAttributes, so rules, queues, functions and roles were not compared with the template\n' +
        'Allow sqs:GetQueueAttributes to arn:aws:iam::111122223333:user/dana. doctor-policy.json of the release lists all permissions of doctor.\n',
    ],
  ])('prints no document for %s', async (_, id, answers, status, stderr) => {
    Object.assign(deployment.answers, answers);
    expect(await ask(['doctor', '--print', id])).toEqual({ status, stdout: '', stderr });
  });
});

describe('redrive', () => {
  /** Puts so many messages into each dead-letter queue. @param stuck how many another reader has received */
  function failed(depths: Readonly<Record<string, number>>, stuck = 0): void {
    const left = new Map(Object.entries(depths));
    const nameOf = (url: unknown) => String(url).split('/').at(-1) ?? '';
    deployment.answers.GetQueueAttributes = ({ QueueUrl }) => ({
      Attributes: { ApproximateNumberOfMessages: String(depths[nameOf(QueueUrl)] ?? 0) },
    });
    deployment.answers.ReceiveMessage = ({ QueueUrl }) => {
      const queue = nameOf(QueueUrl);
      const here = left.get(queue) ?? 0;
      if (here <= stuck) return {};
      left.set(queue, here - 1);
      return { Messages: [{ Body: `${queue} ${here}`, ReceiptHandle: `handle ${here}` }] };
    };
    deployment.answers.SendMessage = () => ({});
    deployment.answers.DeleteMessage = () => ({});
  }
  const sent = () =>
    asked
      .filter(([action]) => action === 'SendMessage')
      .map(([, { MessageBody, QueueUrl }]) => [MessageBody, String(QueueUrl).split('/').at(-1)]);

  it('requeues the messages of every queue', async () => {
    failed({ IamChangesFailed: 2, OutcomesFailed: 1, SweepsFailed: 4 });
    const { status, stdout } = await ask(['redrive', '--yes']);
    expect(stdout).toBe(
      'IamChangesFailed: 2 messages moved to IamChangesQueue\nOutcomesFailed: 1 message moved to OutcomesQueue\n',
    );
    expect(status).toBe(0);
    expect(sent()).toEqual([
      ['IamChangesFailed 2', 'IamChangesQueue'],
      ['IamChangesFailed 1', 'IamChangesQueue'],
      ['OutcomesFailed 1', 'OutcomesQueue'],
    ]);
    expect(stacksAsked()).toEqual(new Set([STACK]));
  });

  it('requeues the messages of the named queues, and reports in JSON', async () => {
    failed({ IamChangesFailed: 2, IamChangesUndelivered: 1, OutcomesFailed: 1 });
    const args = ['redrive', 'IamChangesUndelivered', 'OutcomesFailed', '--yes', '--json'];
    const { stdout } = await ask([...args, '--stack', 'another']);
    expect(JSON.parse(stdout)).toEqual({
      schema: 'mfa-enforcer/redrive/1',
      at: NOW.toISOString(),
      stack: 'another',
      queues: [
        { queue: 'IamChangesUndelivered', to: 'IamChangesQueue', messages: 1, moved: 1 },
        { queue: 'OutcomesFailed', to: 'OutcomesQueue', messages: 1, moved: 1 },
      ],
    });
    expect(stacksAsked()).toEqual(new Set(['another']));
  });

  it('reports messages that are left, also by its exit status', async () => {
    failed({ IamChangesFailed: 3 }, 2);
    expect(await ask(['redrive', '--yes'], { env: { MFA_ENFORCER_STACK: 'mine' } })).toEqual({
      status: 1,
      stdout:
        'IamChangesFailed: 1 message moved to IamChangesQueue; 2 left because another reader received them: try again in a minute\n',
      stderr: '',
    });
    expect(stacksAsked()).toEqual(new Set(['mine']));
  });

  it('asks first, and does nothing if the answer is no', async () => {
    failed({ IamChangesFailed: 2, OutcomesUndelivered: 1 });
    const questions: string[] = [];
    const no = async (question: string) => {
      questions.push(question);
      return false;
    };
    const { status } = await ask(['redrive'], { ask: no });
    expect(status).toBe(1);
    expect(sent()).toEqual([]);
    expect(questions).toEqual([
      expect.stringContaining(
        `Requeue 3 failed messages of stack ${STACK}, account 111122223333 (IamChangesFailed 2, OutcomesUndelivered 1)? They fail again if the cause is not fixed.`,
      ),
    ]);
  });

  it('shows its progress', async () => {
    failed({ IamChangesFailed: 2 });
    const { stderr } = await ask(['redrive', '--yes'], { progress: true });
    expect(stderr).toContain('Moving');
  });

  it.each([[['redrive']], [['redrive', '--yes']]])(
    'reports that there are no failed messages: %j',
    async (args) => {
      failed({});
      expect(await ask(args)).toEqual({
        status: 0,
        stdout: 'There are no failed messages to requeue.\n',
        stderr: '',
      });
      expect(JSON.parse((await ask([...args, '--json'])).stdout)).toMatchObject({ queues: [] });
    },
  );

  it.each([
    [['SweepsFailed'], 'A failed sweep cannot be requeued. Start a new one: aws lambda invoke'],
    [
      ['Other'],
      'Available queues: IamChangesFailed, IamChangesUndelivered, OutcomesFailed, OutcomesUndelivered, UserMailFailed.',
    ],
  ])('refuses %j', async (queues, says) => {
    const { status, stderr } = await ask(['redrive', ...queues]);
    expect(status).toBe(2);
    expect(stderr).toContain(says);
  });

  it.each([
    [
      'a stack that does not exist',
      {
        DescribeStacks: () =>
          Object.assign(new Error(`Stack with id ${STACK} does not exist`), {
            name: 'ValidationError',
          }),
      },
      2,
      `There is no stack ${STACK} in this account. Name the stack with --stack.\n`,
    ],
    [
      'a stack of another kind',
      { ListStackResources: () => ({ StackResourceSummaries: [] }) },
      2,
      `Stack ${STACK} has no resource IamChangesFailed. Check --stack.\n`,
    ],
    [
      'a queue that is gone',
      {
        GetQueueAttributes: () => new QueueDoesNotExist({ message: 'no', $metadata: {} }),
      },
      3,
      'no longer exists',
    ],
  ])('reports %s', async (_, answers, status, says) => {
    failed({ IamChangesFailed: 1 });
    Object.assign(deployment.answers, answers);
    const message = await ask(['redrive', '--yes']);
    expect(message.status).toBe(status);
    expect(message.stderr).toContain(says);
    expect(message.stdout).toBe('');
  });
});
