import { ResourceNotFoundException as NoSuchRule } from '@aws-sdk/client-eventbridge';
import { NoSuchEntityException } from '@aws-sdk/client-iam';
import { ResourceNotFoundException as NoSuchFunction } from '@aws-sdk/client-lambda';
import { NotFoundException as NoSuchIdentity } from '@aws-sdk/client-sesv2';
import { QueueDoesNotExist } from '@aws-sdk/client-sqs';
import { ParameterNotFound } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import type { DeploymentContext, Finding } from '../../../functions/pipeline/doctor/check.ts';
import { diagnose } from '../../../functions/pipeline/doctor/diagnose.ts';
import {
  type ReadDeployment,
  readDeployment,
  resourceDocument,
} from '../../../functions/pipeline/doctor/read-deployment.ts';
import {
  type HealthyDeployment,
  healthyDeployment,
  pathItems,
} from '../../fakes/healthy-deployment.ts';

const none = { message: 'is not there', $metadata: {} };
const denied = (command: string) =>
  Object.assign(new Error('no'), { name: 'AccessDenied', command });
const queue = (id: string) => `https://sqs.us-east-1.amazonaws.com/111122223333/${id}`;
const QUEUE = { QueueUrl: queue('IamChangesQueue') };
const RULE = { Name: 'UserChangesRule' };
const FUNCTION = { FunctionName: 'OnIamChangeLambdaFunction' };
const ROLE = { RoleName: 'OnIamChangeRole' };
const document = (value: unknown) => encodeURIComponent(JSON.stringify(value));
const parsed = (text: unknown) =>
  JSON.parse(decodeURIComponent(String(text))) as { Statement: object[] };

type Spoil = (healthy: HealthyDeployment) => void;
const trailWith =
  (change: object): Spoil =>
  ({ spoil }) =>
    spoil('DescribeTrails', {}, ({ trailList }) => ({
      trailList: (trailList as object[]).map((one) => ({ ...one, ...change })),
    }));
const sweptAt =
  (body: string): Spoil =>
  ({ answers }) => {
    answers.GetItem = () => ({ Item: { body: { S: body } } });
  };
const parameter =
  (Value: string, Type = 'SecureString'): Spoil =>
  ({ answers }) => {
    answers.GetParameter = () => ({ Parameter: { Type, Value } });
  };
const failedMessagesIn =
  (id: string, count: string): Spoil =>
  ({ spoil }) =>
    spoil('GetQueueAttributes', { QueueUrl: queue(id) }, ({ Attributes }) => ({
      Attributes: { ...(Attributes as object), ApproximateNumberOfMessages: count },
    }));
const stackWith =
  (change: object): Spoil =>
  ({ spoil }) =>
    spoil('DescribeStacks', {}, ({ Stacks }) => ({
      Stacks: [{ ...(Stacks as object[])[0], ...change }],
    }));
const lacking =
  (...ids: string[]): Spoil =>
  ({ spoil }) =>
    spoil('ListStackResources', {}, ({ StackResourceSummaries }) => ({
      StackResourceSummaries: (StackResourceSummaries as { LogicalResourceId: string }[]).filter(
        ({ LogicalResourceId }) => !ids.includes(LogicalResourceId),
      ),
    }));
const [OWN, SHOP, DATA] = ['111122223333', '222233334444', '444455556666'];
const DENIED_TAG = { code: 'denied', text: 'AccessDenied: iam:TagPolicy' };
const pathsOf =
  (...items: readonly (readonly object[])[]): Spoil =>
  ({ answers }) => {
    answers.BatchGetItem = () => ({ Responses: { StateTable: items.flat() } });
  };
/** A hub, whose organization has two more active accounts, and their event paths. */
const hubWith =
  (...items: readonly (readonly object[])[]): Spoil =>
  (healthy) => {
    pathsOf(...items)(healthy);
    healthy.spoil('DescribeStacks', {}, ({ Stacks }) => {
      const [stack] = Stacks as { Parameters: { ParameterKey: string }[] }[];
      const Parameters = stack?.Parameters.map((one) =>
        one.ParameterKey === 'OrganizationId' ? { ...one, ParameterValue: 'o-abcdefghij' } : one,
      );
      return { Stacks: [{ ...stack, Parameters }] };
    });
    healthy.answers.ListAccounts = () => ({
      Accounts: [
        { Id: OWN, Name: 'Security', State: 'ACTIVE', Status: 'ACTIVE' },
        { Id: SHOP, Name: 'Shop', State: 'ACTIVE', Status: 'ACTIVE' },
        { Id: DATA, Name: 'Data', State: 'ACTIVE', Status: 'ACTIVE' },
        { Id: '555566667777', Name: 'Old', State: 'SUSPENDED', Status: 'SUSPENDED' },
      ],
    });
  };
/** The faults, each in an otherwise healthy deployment. The golden file has the doctor's findings for each. */
const faults: Readonly<Record<string, Spoil>> = {
  'nothing at all': () => undefined,
  'no stack': ({ answers }) => {
    answers.DescribeStacks = () => new Error('Stack with id stack does not exist');
  },
  'a stack without permission to read it': ({ answers }) => {
    answers.DescribeStacks = () => denied('cloudformation:DescribeStacks');
  },
  'a template without permission to read it': ({ answers }) => {
    answers.GetTemplate = () => denied('cloudformation:GetTemplate');
  },
  'a stack that failed': stackWith({ StackStatus: 'UPDATE_ROLLBACK_COMPLETE' }),
  'a stack that is at work': stackWith({ StackStatus: 'UPDATE_IN_PROGRESS' }),
  'a stack without one thing': lacking('StateTable'),
  'a stack without six things': lacking(
    'StateTable',
    'UserChangesRule',
    'BlockChangesRule',
    'GroupChangesRule',
    'InlineChangesRule',
    'SweepsFailed',
  ),
  'no trail': ({ answers }) => {
    answers.DescribeTrails = () => ({ trailList: [] });
  },
  'a trail of another Region': trailWith({ IsMultiRegionTrail: false, HomeRegion: 'eu-west-1' }),
  'a trail of this Region': trailWith({ IsMultiRegionTrail: false }),
  'a trail without global services': trailWith({ IncludeGlobalServiceEvents: false }),
  'a trail that is off': ({ answers }) => {
    answers.GetTrailStatus = () => ({ IsLogging: false });
  },
  'a trail that records reads': ({ answers }) => {
    answers.GetEventSelectors = () => ({ EventSelectors: [{ ReadWriteType: 'ReadOnly' }] });
  },
  'a trail without permission to read it': ({ answers }) => {
    answers.GetTrailStatus = () => denied('cloudtrail:GetTrailStatus');
  },
  'a trail that fails': ({ answers }) => {
    answers.GetTrailStatus = () => new Error('CloudTrail is unavailable');
  },
  'a good trail after a bad one': ({ spoil }) =>
    spoil('DescribeTrails', {}, ({ trailList }) => ({
      trailList: [{ Name: 'bad', TrailARN: 'arn:bad' }, ...(trailList as object[])],
    })),
  'a rule that is gone': ({ spoil }) => spoil('DescribeRule', RULE, () => new NoSuchRule(none)),
  'a rule that is off': ({ spoil }) =>
    spoil('DescribeRule', RULE, (rule) => ({ ...rule, State: 'DISABLED' })),
  'a rule of the outcome bus that is off': ({ spoil }) =>
    spoil('DescribeRule', { Name: 'OutcomesToSlackRule' }, (rule) => ({
      ...rule,
      State: 'DISABLED',
      EventPattern: '{"source":["nothing"]}',
    })),
  'a rule with another pattern': ({ spoil }) =>
    spoil('DescribeRule', RULE, (rule) => ({ ...rule, EventPattern: '{"source":["aws.s3"]}' })),
  'a rule with another schedule': ({ spoil }) =>
    spoil('DescribeRule', { Name: 'SweepScheduleRule' }, (rule) => ({
      ...rule,
      ScheduleExpression: 'rate(7 days)',
    })),
  'a rule without a schedule': ({ spoil }) =>
    spoil('DescribeRule', { Name: 'SweepScheduleRule' }, (rule) => ({
      ...rule,
      ScheduleExpression: undefined,
    })),
  'a rule without targets': ({ spoil }) =>
    spoil('ListTargetsByRule', { Rule: RULE.Name }, () => ({ Targets: [] })),
  'the rule of the outcome bus without its target': ({ spoil }) =>
    spoil('ListTargetsByRule', { Rule: 'OutcomesToSlackRule' }, () => ({ Targets: [] })),
  ...Object.fromEntries(
    [{ Arn: 'arn:other' }, { Input: '{}' }, { DeadLetterConfig: { Arn: 'arn:other' } }].map(
      (change) => [
        `a target that differs in ${Object.keys(change).join()}`,
        ({ spoil }: HealthyDeployment) =>
          spoil('ListTargetsByRule', { Rule: RULE.Name }, ({ Targets }) => ({
            Targets: (Targets as object[]).map((one) => ({ ...one, ...change })),
          })),
      ],
    ),
  ),
  'a target that SDKs show with empty fields': ({ spoil }) =>
    spoil('ListTargetsByRule', { Rule: RULE.Name }, ({ Targets }) => ({
      Targets: (Targets as object[]).map((one) => ({ ...one, Input: undefined })),
    })),
  'rules without permission to read them': ({ answers }) => {
    answers.DescribeRule = () => denied('events:DescribeRule');
  },
  'a queue that is gone': ({ spoil }) =>
    spoil('GetQueueAttributes', QUEUE, () => new QueueDoesNotExist(none)),
  'a queue that EventBridge may not send to': ({ spoil }) =>
    spoil('GetQueueAttributes', QUEUE, ({ Attributes }) => ({
      Attributes: { ...(Attributes as object), Policy: undefined },
    })),
  'a queue that anyone may send to': ({ spoil }) =>
    spoil('GetQueueAttributes', QUEUE, ({ Attributes }) => {
      const { Policy } = Attributes as { Policy: string };
      const { Statement } = JSON.parse(Policy) as { Statement: object[] };
      const more = { Sid: 'Anyone', Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage' };
      const wider = JSON.stringify({ Statement: [...Statement, more] });
      return { Attributes: { ...(Attributes as object), Policy: wider } };
    }),
  'a queue without a dead-letter queue': ({ spoil }) =>
    spoil('GetQueueAttributes', QUEUE, ({ Attributes }) => ({
      Attributes: { ...(Attributes as object), RedrivePolicy: undefined },
    })),
  'a queue that gives up sooner': ({ spoil }) =>
    spoil('GetQueueAttributes', QUEUE, ({ Attributes }) => {
      const { RedrivePolicy } = Attributes as { RedrivePolicy: string };
      const policy = { ...(JSON.parse(RedrivePolicy) as object), maxReceiveCount: 1 };
      return { Attributes: { ...(Attributes as object), RedrivePolicy: JSON.stringify(policy) } };
    }),
  'a queue whose numbers are texts': ({ spoil }) =>
    spoil('GetQueueAttributes', QUEUE, ({ Attributes }) => {
      const { RedrivePolicy } = Attributes as { RedrivePolicy: string };
      const policy = JSON.parse(RedrivePolicy) as { maxReceiveCount: number };
      const text = { ...policy, maxReceiveCount: String(policy.maxReceiveCount) };
      return { Attributes: { ...(Attributes as object), RedrivePolicy: JSON.stringify(text) } };
    }),
  'one failed message': failedMessagesIn('IamChangesFailed', '1'),
  'failed messages that EventBridge left': failedMessagesIn('OutcomesUndelivered', '2'),
  'failed sweeps': failedMessagesIn('SweepsFailed', '3'),
  'a function that is gone': ({ spoil }) =>
    spoil(
      'GetFunctionConfiguration',
      FUNCTION,
      () => new NoSuchFunction({ ...none, Type: 'User' }),
    ),
  'a function that failed': ({ spoil }) =>
    spoil('GetFunctionConfiguration', FUNCTION, (found) => ({
      ...found,
      State: 'Failed',
      StateReason: 'no such role',
    })),
  'an inactive function': ({ spoil }) =>
    spoil('GetFunctionConfiguration', FUNCTION, (found) => ({ ...found, State: 'Inactive' })),
  'a function that is being updated': ({ spoil }) =>
    spoil('GetFunctionConfiguration', FUNCTION, (found) => ({
      ...found,
      LastUpdateStatus: 'InProgress',
    })),
  'a function under another role': ({ spoil }) =>
    spoil('GetFunctionConfiguration', FUNCTION, (found) => ({
      ...found,
      Role: 'arn:aws:iam::111122223333:role/Admin',
    })),
  'a function with other variables': ({ spoil }) =>
    spoil('GetFunctionConfiguration', FUNCTION, (found) => {
      const { Variables } = found.Environment as { Variables: Record<string, string> };
      const changed = { ...Variables, MFA_ENFORCER_MODE: 'enforce', SECRET: 'xoxb-canary' };
      return {
        ...found,
        Environment: { Variables: { ...changed, MFA_ENFORCER_SCOPE: undefined } },
      };
    }),
  'a function that is switched off': ({ spoil }) =>
    spoil('GetFunctionConcurrency', FUNCTION, () => ({ ReservedConcurrentExecutions: 0 })),
  'a function with concurrency of its own': ({ spoil }) =>
    spoil('GetFunctionConcurrency', FUNCTION, () => ({ ReservedConcurrentExecutions: 1 })),
  ...Object.fromEntries(
    ['Enabling', 'Creating', 'Updating', 'Disabled'].map((State) => [
      `event sources that are ${State}`,
      ({ answers }: HealthyDeployment) => {
        answers.GetEventSourceMapping = () => ({ State });
      },
    ]),
  ),
  'event sources that are gone': ({ answers }) => {
    answers.GetEventSourceMapping = () => new NoSuchFunction({ ...none, Type: 'User' });
  },
  'a role that is gone': ({ spoil }) =>
    spoil('ListRolePolicies', ROLE, () => new NoSuchEntityException(none)),
  'a role without its policies': ({ spoil }) =>
    spoil('ListRolePolicies', ROLE, () => ({ PolicyNames: [] })),
  'a role with less rights': ({ spoil }) =>
    spoil('GetRolePolicy', ROLE, ({ PolicyDocument }) => ({
      PolicyDocument: document({ Statement: parsed(PolicyDocument).Statement.slice(1) }),
    })),
  'a role with more rights': ({ spoil }) => {
    spoil('ListRolePolicies', ROLE, ({ PolicyNames }) => ({
      PolicyNames: [...(PolicyNames as string[]), 'Everything'],
    }));
    spoil('GetRolePolicy', { ...ROLE, PolicyName: 'Everything' }, () => ({
      PolicyDocument: document({ Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }),
    }));
  },
  'rights without permission to read them': ({ answers }) => {
    answers.GetRolePolicy = () => denied('iam:GetRolePolicy');
  },
  'a role with less rights, with a template that cannot be read': ({ answers, spoil }) => {
    answers.GetTemplate = () => new Error('CloudFormation is unavailable');
    spoil('ListRolePolicies', ROLE, () => ({ PolicyNames: [] }));
  },
  'a policy that is gone': ({ answers }) => {
    answers.GetPolicy = () => new NoSuchEntityException(none);
  },
  'a policy that was changed': ({ answers }) => {
    answers.GetPolicyVersion = () => ({ PolicyVersion: { Document: document({}) } });
  },
  'a group that is gone': ({ answers }) => {
    answers.GetGroupPolicy = () => new NoSuchEntityException(none);
  },
  'a group with another policy': ({ answers }) => {
    answers.GetGroupPolicy = () => ({ PolicyDocument: document({}) });
  },
  'no webhook': ({ answers }) => {
    answers.GetParameter = () => new ParameterNotFound(none);
  },
  'a webhook in the clear': parameter('https://hooks.slack.com/services/T/B/secret', 'String'),
  'another webhook': parameter('https://example.com/secret'),
  'a workflow’s trigger': parameter('https://hooks.slack.com/triggers/T0/1/secret'),
  'a webhook under a key without permission to decrypt': ({ answers }) => {
    answers.GetParameter = () => denied('kms:Decrypt');
    answers.DescribeParameters = () => ({
      Parameters: [{ Type: 'SecureString', KeyId: 'alias/own' }],
    });
  },
  'a webhook under a key that is not known': ({ answers }) => {
    answers.GetParameter = () => denied('kms:Decrypt');
    answers.DescribeParameters = () => denied('ssm:DescribeParameters');
  },
  'a webhook under a deleted key': ({ answers }) => {
    answers.GetParameter = () => Object.assign(new Error('gone'), { name: 'InvalidKeyId' });
    answers.DescribeParameters = () => ({
      Parameters: [{ Type: 'SecureString', KeyId: 'alias/own' }],
    });
  },
  'a webhook without permission to read it': ({ answers }) => {
    answers.GetParameter = () => denied('ssm:GetParameter');
  },
  'no webhook, and no permission to read it': ({ answers }) => {
    answers.GetParameter = () => denied('ssm:GetParameter');
    answers.DescribeParameters = () => ({ Parameters: [] });
  },
  'SSM unavailable': ({ answers }) => {
    answers.GetParameter = () => new Error('SSM is unavailable');
  },
  'no sweep ever': ({ answers }) => {
    answers.GetItem = () => ({});
  },
  'a sweep of another release': sweptAt('{"schema":"mfa-enforcer/last-sweep/2"}'),
  'a sweep that is no JSON': sweptAt('{'),
  ...Object.fromEntries(
    [
      '2026-03-01T11:59:30Z',
      '2026-03-01T12:10:00Z',
      '2026-02-28T11:00:00Z',
      '2026-02-20T11:00:00Z',
    ].map((finishedAt) => [
      `a sweep that finished ${finishedAt}`,
      ({ spoil }: HealthyDeployment) =>
        spoil('GetItem', {}, ({ Item }) => {
          const { body } = Item as { body: { S: string } };
          const record = { ...(JSON.parse(body.S) as object), finishedAt };
          return { Item: { body: { S: JSON.stringify(record) } } };
        }),
    ]),
  ),
  'an event path that is silent': pathsOf(pathItems(OWN, {})),
  'an event path that was not probed': pathsOf(pathItems(OWN, { refused: DENIED_TAG })),
  'an event path before the first sweep': pathsOf(),
  'an event path with Probe off': pathsOf(
    pathItems(OWN, { refused: { code: 'off', text: 'the parameter Probe is off' } }),
  ),
  'an event path without permission to read it': ({ answers }) => {
    answers.BatchGetItem = () => denied('dynamodb:BatchGetItem');
  },
  'a stack that probes no event path': ({ spoil }) =>
    spoil('DescribeStacks', {}, ({ Stacks }) => {
      const [stack] = Stacks as { Parameters: { ParameterKey: string }[] }[];
      const kept = stack?.Parameters.filter(({ ParameterKey }) => ParameterKey !== 'Probe');
      return { Stacks: [{ ...stack, Parameters: kept }] };
    }),
};

const message = (found: readonly Finding[]) =>
  found
    .map(({ check, status, message: text, fix }) => {
      const lines = fix === null ? [] : fix.split('\n').map((line) => `    ${line}`);
      return [`  ${status}: ${check}: ${text}`, ...lines].join('\n');
    })
    .join('\n');

async function found(
  spoil: Spoil,
  change: Partial<DeploymentContext> = {},
): Promise<readonly Finding[]> {
  const healthy = healthyDeployment(change);
  spoil(healthy);
  return diagnose(healthy.context);
}

describe('the findings of the doctor', () => {
  it('are none in a healthy deployment', async () => {
    const findings = await found(() => undefined);
    expect(findings.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(findings).toHaveLength(13);
  });

  it('are the expected findings for each fault', async () => {
    const parts: string[] = [];
    const well = await found(() => undefined);
    for (const [name, spoil] of Object.entries(faults)) {
      const news = (await found(spoil)).filter(
        (one) => name === 'nothing at all' || !well.some((other) => other.message === one.message),
      );
      parts.push(`${name}\n${news.length === 0 ? '  nothing new' : message(news)}\n`);
    }
    await expect(parts.join('\n')).toMatchFileSnapshot('golden/doctor.txt');
  });

  it('are fixed by documents equal to what AWS must have', async () => {
    const { context, answers } = healthyDeployment();
    const read = await readDeployment(context);
    const printed = (id: string) => read && resourceDocument(read.deployment, id);
    const message = (action: string, input: object) => answers[action]?.(input as never) as never;
    const { EventPattern } = message('DescribeRule', RULE) as { EventPattern: string };
    expect(printed('UserChangesRule')).toEqual(JSON.parse(EventPattern));
    const { Environment } = message('GetFunctionConfiguration', FUNCTION);
    expect(printed('OnIamChangeLambdaFunction')).toEqual(Environment);
    const { Attributes } = message('GetQueueAttributes', QUEUE);
    expect(printed('IamChangesQueue')).toEqual(Attributes);
    for (const [id, PolicyName] of [
      ['OnIamChangeRole', 'on-iam-change'],
      ['OnIamChangeBoundaryDeny', 'boundary-deny'],
    ] as const) {
      const { PolicyDocument } = message('GetRolePolicy', { ...ROLE, PolicyName });
      expect(printed(id)).toEqual(parsed(PolicyDocument));
    }
    expect([printed('StateTable'), printed('Nothing')]).toEqual([null, null]);
    const unpublished = { ...(read as ReadDeployment).deployment, template: null };
    expect(resourceDocument(unpublished, 'UserChangesRule')).toBeNull();
  });

  it('have commands with the profile and the Region', async () => {
    const spoil: Spoil = ({ spoil: change }) =>
      change('DescribeRule', RULE, (rule) => ({ ...rule, State: 'DISABLED' }));
    const findings = await found(spoil, { profile: 'audit', region: 'us-gov-west-1' });
    expect(findings.find(({ status }) => status === 'broken')?.fix).toBe(
      'aws events enable-rule --region us-gov-west-1 --profile audit --name UserChangesRule',
    );
  });

  it('show no value of a variable that may be a secret', async () => {
    const findings = await found(faults['a function with other variables'] as Spoil);
    expect(JSON.stringify(findings)).toContain('SECRET was added');
    expect(JSON.stringify(findings)).not.toContain('xoxb-canary');
  });
});

describe('the mails to users', () => {
  type Answers = Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => unknown>>;
  const noIdentity = () => new NoSuchIdentity(none);
  const mails = async (given: Answers, NotifyUsers = 'email') => {
    const chosen = { NotifyUsers, NotifyFrom: 'aws@example.com', NotifyTextParameter: '/mail' };
    const all = await found((healthy) => {
      healthy.spoil('DescribeStacks', {}, ({ Stacks }) => {
        const [stack] = Stacks as { Parameters: { ParameterKey: string }[] }[];
        const others = stack?.Parameters.filter(({ ParameterKey }) => !(ParameterKey in chosen));
        const own = Object.entries(chosen).map(([ParameterKey, ParameterValue]) => ({
          ParameterKey,
          ParameterValue,
        }));
        return { Stacks: [{ ...stack, Parameters: [...(others ?? []), ...own] }] };
      });
      Object.assign(healthy.answers, {
        GetEmailIdentity: () => ({ VerifiedForSendingStatus: true }),
        GetAccount: () => ({ SendingEnabled: true, ProductionAccessEnabled: true }),
        GetParameter: () => new ParameterNotFound(none),
        ...given,
      });
    });
    return all
      .filter(({ check }) => check === 'mail')
      .map(({ status, message: text, fix }) => [status, text, fix?.split('\n').at(-1)]);
  };
  const well = ['ok', 'SES sends mails from aws@example.com to any address', undefined];

  it.each<[string, Answers, unknown[][]]>([
    ['none where all is well', {}, [well]],
    [
      'none where only the domain has an identity',
      {
        GetEmailIdentity: ({ EmailIdentity }) =>
          EmailIdentity === 'example.com' ? { VerifiedForSendingStatus: true } : noIdentity(),
      },
      [well],
    ],
    [
      'that there is no identity',
      { GetEmailIdentity: noIdentity },
      [
        [
          'broken',
          'SES has no identity for aws@example.com, so no mail is sent',
          'aws sesv2 create-email-identity --region us-east-1 --email-identity example.com',
        ],
      ],
    ],
    [
      'that the identity is not verified',
      { GetEmailIdentity: () => ({ VerifiedForSendingStatus: false }) },
      [
        [
          'broken',
          'SES has not verified aws@example.com, so no mail is sent',
          'aws sesv2 get-email-identity --region us-east-1 --email-identity aws@example.com',
        ],
      ],
    ],
    [
      'that the account is in the sandbox',
      { GetAccount: () => ({ SendingEnabled: true, ProductionAccessEnabled: false }) },
      [
        [
          'broken',
          'the account is in SES’s sandbox, so only verified addresses get mails',
          'Request production access in the SES console (docs/mail.md).',
        ],
      ],
    ],
    [
      'that sending is paused',
      { GetAccount: () => ({ SendingEnabled: false, ProductionAccessEnabled: true }) },
      [
        [
          'broken',
          'SES has paused the sending of the account, so no mail is sent',
          'aws sesv2 put-account-sending-attributes --region us-east-1 --sending-enabled',
        ],
      ],
    ],
    [
      'that the company’s own text is invalid',
      { GetParameter: () => ({ Parameter: { Type: 'String', Value: 'x' } }) },
      [
        [
          'broken',
          expect.stringMatching(
            /^the text in \/mail is invalid, so mails have the release’s text: \S/,
          ),
          'mfa-enforcer deploy --mail-text-file mail-text.md --stack stack',
        ],
      ],
    ],
    [
      'what may not be read',
      { GetAccount: () => denied('ses:GetAccount') },
      [['unknown', 'AWS denied ses:GetAccount', expect.stringContaining('ses:GetAccount')]],
    ],
  ])('have as findings: %s', async (_, answers, findings) => {
    expect(await mails(answers)).toEqual(findings);
  });

  it('have no findings with NotifyUsers=no, and SES is not asked', async () => {
    const ask = () => new Error('asked');
    const answers = { GetEmailIdentity: ask, GetAccount: ask };
    const text = 'users get no mails: NotifyUsers is no';
    expect(await mails(answers, 'no')).toEqual([['ok', text, undefined]]);
  });
});

describe('the event paths of a hub', () => {
  const pathsIn = async (spoil: Spoil) => {
    const all = await found(spoil);
    const findings = all.filter(({ check }) => check === 'event path');
    return findings.map(({ status, message: text, fix }) => [status, text, fix?.split('\n') ?? []]);
  };
  const again = [
    'Probe again. The output names the first stage that the event does not reach:',
    'mfa-enforcer doctor --probe --stack stack',
  ];
  const silentHub = [
    'broken',
    'The event of the last probe did not arrive, since 2026-03-01 03:00 UTC. Likely causes: no trail records management events; a rule is disabled or lacks its target; the queue refuses EventBridge; the function is stopped or lacks a right',
    again,
  ];
  const silentSpokes = (names: string) => [
    'broken',
    `IAM events do not arrive from ${names}. Likely causes: no trail records management events; a rule is disabled or lacks its target; the hub’s bus refuses the account`,
    [
      ...again,
      `Then look with credentials of a silent account, such as ${SHOP}:`,
      'aws events describe-rule --region us-east-1 --name ForceMFA-policy-changes',
      'aws events list-targets-by-rule --region us-east-1 --rule ForceMFA-policy-changes',
      'aws cloudtrail describe-trails --region us-east-1',
    ],
  ];

  it('are of all active accounts, and the slowest is named', async () => {
    const paths = hubWith(
      pathItems(OWN, { proven: true }),
      pathItems(SHOP, { proven: true, latencyMs: 2400 }),
      pathItems(DATA, { proven: true }),
    );
    expect(await pathsIn(paths)).toEqual([
      ['ok', `IAM events arrive from 3 accounts; the slowest took 2.4 s: Shop (${SHOP}).`, []],
    ]);
  });

  it('name the silent spokes, and those that were not probed with the reason', async () => {
    const paths = hubWith(
      pathItems(OWN, { proven: true }),
      pathItems(SHOP, {}),
      pathItems(DATA, { refused: DENIED_TAG }),
    );
    expect(await pathsIn(paths)).toEqual([
      silentSpokes(`Shop (${SHOP}) since 2026-03-01 03:00 UTC`),
      [
        'broken',
        `not probed: Data (${DATA}) since 2026-03-01 03:00 UTC (AccessDenied: iam:TagPolicy)`,
        [
          'Deploy the account’s spoke again, or look for a policy that denies iam:TagPolicy. Then probe again:',
          'mfa-enforcer doctor --probe --stack stack',
        ],
      ],
    ]);
  });

  it('name the silent hub first: it explains the silence of the others', async () => {
    const paths = hubWith(pathItems(OWN, {}), pathItems(SHOP, {}), pathItems(DATA, {}));
    const since = 'since 2026-03-01 03:00 UTC';
    expect(await pathsIn(paths)).toEqual([
      silentHub,
      silentSpokes(`Shop (${SHOP}) ${since}; Data (${DATA}) ${since}`),
    ]);
  });

  it('are not known where the accounts may not be listed, but that of the hub is', async () => {
    const paths: Spoil = (healthy) => {
      hubWith(pathItems(OWN, {}))(healthy);
      healthy.answers.ListAccounts = () => denied('organizations:ListAccounts');
    };
    const [own, others] = await pathsIn(paths);
    expect(own).toEqual(silentHub);
    expect(others?.slice(0, 2)).toEqual(['unknown', 'AWS denied organizations:ListAccounts']);
  });
});
