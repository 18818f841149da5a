import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { SQSClient } from '@aws-sdk/client-sqs';
import { ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  HUB,
  ORGANIZATION,
  SPOKE,
  type TestOrganization,
  testOrganization,
} from '../fakes/memory-organization.ts';
import { MemorySes } from '../fakes/memory-ses.ts';
import { iamEvent } from '../fakes/messages.ts';
import { SWEEPS_URL } from '../fakes/nightly.ts';
import { blocked } from '../fakes/outcomes.ts';
import { BOUNDARY, POLICY, QUEUE_URL } from '../fakes/pipeline.ts';
import { answerBy } from '../fakes/sdk-clients.ts';
import { context, sqsEventOf } from '../fakes/sqs-event.ts';
import { mayDo } from './policy/state-table.ts';

// The entry points as Lambda starts them: from their environment, with the SDK's own clients, whose calls fakes answer.

const environment = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: `AKIA/${HUB}`,
  AWS_SECRET_ACCESS_KEY: 'secret',
  MFA_ENFORCER_MODE: 'enforce',
  MFA_ENFORCER_POLICY_ARN: POLICY,
  MFA_ENFORCER_BOUNDARY_ARN: BOUNDARY,
  MFA_ENFORCER_DENY_GROUP: 'ForceMFA',
  MFA_ENFORCER_QUEUE_URL: QUEUE_URL,
  MFA_ENFORCER_SWEEPS_QUEUE_URL: SWEEPS_URL,
  MFA_ENFORCER_OUTCOMES_QUEUE_URL: `${QUEUE_URL}-outcomes`,
  MFA_ENFORCER_OUTCOMES_FAILED_URL: `${QUEUE_URL}-outcomes-failed`,
  MFA_ENFORCER_SLACK_WEBHOOK_PARAMETER: '/webhook',
  MFA_ENFORCER_USER_MAIL_QUEUE_URL: `${QUEUE_URL}-mails`,
  MFA_ENFORCER_USER_MAIL_FAILED_URL: `${QUEUE_URL}-failed-mails`,
  MFA_ENFORCER_NOTIFY_FROM: 'aws@example.com',
  MFA_ENFORCER_NOTIFY_TEXT_PARAMETER: '/mail-text',
  MFA_ENFORCER_OUTCOME_BUS: 'outcomes',
  MFA_ENFORCER_ROLE: 'OnIamChangeRole',
  MFA_ENFORCER_SWEEP_ROLE_ARN: 'arn:aws:iam::111122223333:role/sweep',
  MFA_ENFORCER_STATE_TABLE: 'memory',
  MFA_ENFORCER_STACK: 'the-stack',
  POWERTOOLS_LOG_LEVEL: 'INFO',
};

let hub: TestOrganization;
let printed: string[];

beforeEach(() => {
  vi.resetModules();
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  hub = testOrganization();
  hub.clock.time = Date.now();
  printed = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed.push(String(text));
    return true;
  });
  answerBy(IAMClient, async (command, client: IAMClient) => {
    const { accessKeyId } = await client.config.credentials();
    const account = accessKeyId.split('/')[1] ?? '';
    return account === HUB ? hub.iam.send(command) : hub.spokes.answer(account, command);
  });
  answerBy(STSClient, (command) => hub.spokes.send(command));
  answerBy(DynamoDBClient, (command) => hub.dynamo.send(command));
  answerBy(SQSClient, (command) => hub.sqs.send(command));
  answerBy(EventBridgeClient, (command) => hub.events.send(command));
  answerBy(OrganizationsClient, (command) => hub.nightly.organizations.send(command));
  answerBy(SSMClient, () => ({ Parameter: { Value: 'https://hooks.slack.com/services/T/B/x' } }));
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

/** What was printed as JSON lines: logs, and metrics. */
const lines = () =>
  printed
    .join('')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const logged = () => lines().filter((line) => 'service' in line);
const measured = () => lines().filter((line) => '_aws' in line);

/** Checks that the role allows every call to the state table, in a deployment with the same parameters. */
async function expectAllowed(roleId: string) {
  expect(hub.dynamo.calls).not.toEqual([]);
  for (const { action, ids } of hub.dynamo.calls) {
    const verdict = await mayDo(roleId, action, ids, process.env.MFA_ENFORCER_ORGANIZATION ?? '');
    expect(verdict, `${action} ${ids.join()}`).toBe('allowed');
  }
}

describe('on-iam-change', () => {
  afterEach(() => expectAllowed('OnIamChangeRole'));

  const change = async (account: string) => {
    const { handler } = await import('../../functions/on-iam-change.ts');
    return handler(sqsEventOf([iamEvent('CreateUser', { account })]), context);
  };

  it('manages its own account', async () => {
    hub.iam.put('dana');
    const before = Date.now();
    expect(await change(HUB)).toEqual({ batchItemFailures: [] });
    expect(hub.iam.isBlocked('dana')).toBe(true);
    const [outcome] = hub.events.outcomes;
    expect(outcome).toMatchObject({ kind: 'user-blocked', accountName: null });
    expect(Date.parse(outcome?.at ?? '')).toBeGreaterThanOrEqual(before);
    expect(hub.dynamo.items.has(`actions/${HUB}/dana`)).toBe(true);
    expect(logged()).toMatchObject([{ service: 'on-iam-change', message: 'reviewed' }]);
    expect(measured()).toMatchObject([{ Stack: 'the-stack', user: 'dana' }]);
    expect(hub.spokes.assumed).toEqual([]);
  });

  it('manages an organization’s other accounts as a hub', async () => {
    vi.stubEnv('MFA_ENFORCER_ORGANIZATION', ORGANIZATION);
    hub.spokes.iam(SPOKE).put('dana');
    expect(await change(SPOKE)).toEqual({ batchItemFailures: [] });
    expect(hub.spokes.iam(SPOKE).isBlocked('dana')).toBe(true);
    expect(hub.spokes.assumed).toMatchObject([
      { RoleSessionName: 'on-iam-change', RoleArn: expect.stringContaining('review') },
    ]);
  });
});

describe('nightly-sweep', () => {
  /** The schedule's event, then each message that it sent to the queue of sweeps. */
  const sweep = async () => {
    const { handler } = await import('../../functions/nightly-sweep.ts');
    await handler({ id: 'sweep-1' }, context);
    expect(JSON.parse(hub.sqs.sent[0]?.body ?? '')).toMatchObject({ sweepId: 'sweep-1' });
    const own = hub.sqs.sent.filter(({ queueUrl }) => queueUrl === SWEEPS_URL);
    const answers = [];
    for (const { body } of own) answers.push(await handler(sqsEventOf([body]), context));
    return answers;
  };

  it('sweeps its own account', async () => {
    hub.iam.put('dana');
    const before = Date.now();
    expect(await sweep()).toEqual([{ batchItemFailures: [] }]);
    const [outcome] = hub.events.outcomes;
    expect(outcome).toMatchObject({ kind: 'sweep-finished', differences: 1 });
    expect(Date.parse(outcome?.at ?? '')).toBeGreaterThanOrEqual(before);
    expect(hub.sqs.sent).toContainEqual(expect.objectContaining({ queueUrl: QUEUE_URL }));
    expect(new Set(logged().map(({ service }) => service))).toEqual(new Set(['nightly-sweep']));
    expect(measured()).toMatchObject([{ Stack: 'the-stack', SweepsFinished: 1 }]);
    await expectAllowed('NightlySweepRole');
  });

  it('can be started by hand', async () => {
    const { handler } = await import('../../functions/nightly-sweep.ts');
    await handler(null, context);
    const [{ body = '' } = {}] = hub.sqs.sent;
    expect(JSON.parse(body)).toMatchObject({ sweepId: expect.stringMatching(/^[\da-f-]{36}$/) });
  });

  it.each([
    // The summary waits for the probes, whose events no test delivers here.
    ['nightly', 'sweep-finished'],
    ['off', 'organization-swept'],
  ])('sweeps an organization’s other accounts as a hub, with Probe=%s', async (probe, kind) => {
    vi.stubEnv('MFA_ENFORCER_ORGANIZATION', ORGANIZATION);
    vi.stubEnv('MFA_ENFORCER_PROBE', probe);
    hub.spokes.iam(SPOKE).put('dana');
    await sweep();
    expect(hub.spokes.assumed).toContainEqual(
      expect.objectContaining({
        RoleSessionName: 'nightly-sweep',
        RoleArn: expect.stringMatching(`${SPOKE}.*read`),
      }),
    );
    expect(hub.events.outcomes.map((outcome) => outcome.kind)).toContain(kind);
    await expectAllowed('NightlySweepRole');
  });
});

describe('notify-slack', () => {
  it('posts to the webhook that the parameter contains', async () => {
    const posted: unknown[] = [];
    vi.stubGlobal('fetch', async (url: string | URL, { body }: { body: string }) => {
      posted.push([String(url), JSON.parse(body)]);
      return new Response('ok');
    });
    const { handler } = await import('../../functions/notify-slack.ts');
    const at = new Date().toISOString();
    const detail = blocked({ id: 'blocked/now', at });
    const answer = await handler(
      sqsEventOf([JSON.stringify({ source: 'mfa-enforcer', detail })]),
      context,
    );
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(posted).toMatchObject([['https://hooks.slack.com/services/T/B/x', {}]]);
    expect(JSON.stringify(posted)).toContain('userType');
    expect(new Set(logged().map(({ service }) => service))).toEqual(new Set(['notify-slack']));
    await expectAllowed('NotifySlackRole');
  });
});

describe('notify-user', () => {
  it('sends a mail from the deployment’s address', async () => {
    const ses = new MemorySes();
    answerBy(SESv2Client, (command) => ses.send(command));
    answerBy(SSMClient, () => {
      throw new ParameterNotFound({ message: '', $metadata: {} });
    });
    const { handler } = await import('../../functions/notify-user.ts');
    const detail = blocked({ id: 'blocked/now', email: 'dana@example.com' });
    const answer = await handler(
      sqsEventOf([JSON.stringify({ source: 'mfa-enforcer', detail })]),
      context,
    );
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(ses.sent).toMatchObject([{ from: 'aws@example.com', to: ['dana@example.com'] }]);
    expect(new Set(logged().map(({ service }) => service))).toEqual(new Set(['notify-user']));
    await expectAllowed('NotifyUserRole');
  });
});

describe('the command line', () => {
  it('runs the command that its arguments name', async () => {
    const { argv, exitCode } = process;
    process.argv = ['node', 'mfa-enforcer', 'policy'];
    try {
      await import('../../functions/cli.ts');
      expect(process.exitCode).toBe(0);
      expect(JSON.parse(printed.join(''))).toHaveProperty('Statement');
    } finally {
      Object.assign(process, { argv, exitCode });
    }
  });
});
