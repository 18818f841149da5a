import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { PROBE_TAG } from '../../../events/event-path.ts';
import { iamEvents } from '../../../events/iam-change.ts';
import { detailTypes, OUTCOME_SOURCE, Outcome } from '../../../events/outcome.ts';
import samples from '../../../events/outcome-samples.json' with { type: 'json' };
import {
  iamEventRegions,
  partitionNames,
  partitions,
} from '../../../functions/domain/rules/partition.ts';
import { mailsOf } from '../../../functions/pipeline/notify/mails-of.ts';
import {
  mailConfig,
  reviewConfig,
  slackConfig,
  sweepConfig,
} from '../../../functions/runtime/config.ts';
import { findPythonTool } from '../../../infra/local/python-tool.ts';
import { deployedHub, HUB, SPOKE_FILE, spokeTemplate } from '../../fakes/deployed.ts';
import {
  actionsOf,
  resourcesOf,
  statementsOf,
  TEMPLATE_FILE,
  template,
} from '../../fakes/template.ts';

// These actions are newer than the evaluator's data (Service Authorization Reference, AWS Signin).
const UNKNOWN_TO_CFN_LINT =
  /W3037 'authenticate' is not one of \['authorizeoauth2access'.*\n.*\n\n/g;
const CFN_LINT = { program: 'cfn-lint', name: 'cfn-lint', requirement: 'cfn-lint==1.51.0' };

interface Pattern {
  readonly source: string[];
  readonly 'detail-type'?: string[];
  readonly detail?: {
    readonly eventSource: string[];
    readonly errorCode: unknown;
    readonly eventName?: string[];
    readonly $or?: readonly {
      readonly eventName?: string[];
      readonly requestParameters?: unknown;
    }[];
    readonly requestParameters?: unknown;
  };
}

interface Target {
  readonly Arn: unknown;
  readonly DeadLetterConfig?: { readonly Arn: unknown };
}

/** The ARN of a policy of ours, built from its name: nothing refers to the policies themselves (test/integration/infra/deletion.test.ts). */
const policyArn = (suffix = '') => ({
  'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:policy/\${PolicyName}${suffix}`,
});

const rules = () => resourcesOf('AWS::Events::Rule');
const iamRules = () =>
  rules().filter(([, { EventPattern, EventBusName }]) => {
    return !EventBusName && (EventPattern as Pattern)?.source[0] === 'aws.iam';
  });
const patternOf = (id: string) =>
  rules().find(([rule]) => rule === id)?.[1].EventPattern as Pattern;
const knownEvents = (rule: string) =>
  Object.entries(iamEvents)
    .filter(([, row]) => row.rule === rule)
    .map(([name]) => name);

describe('the rules', () => {
  it.each([
    ['UserChangesRule', 'user'],
    ['BlockChangesRule', 'block'],
    ['GroupChangesRule', 'group'],
    ['InlineChangesRule', 'inline'],
    ['BoundaryChangesRule', 'boundary'],
    ['CredentialChangesRule', 'credentials'],
    ['PolicyChangesRule', 'policy'],
  ])('%s matches exactly the events that the parser has for it', (id, rule) => {
    const { eventName = [], $or = [] } = patternOf(id).detail ?? {};
    const names = [...eventName, ...$or.flatMap((one) => one.eventName ?? [])];
    expect(names.toSorted()).toEqual(knownEvents(rule).toSorted());
  });

  it('match only successful calls of IAM', () => {
    expect(iamRules()).toHaveLength(10);
    for (const [id, { EventPattern }] of iamRules()) {
      // The one failed call that says something of a user.
      if (id === 'TakenNamesRule') continue;
      expect(EventPattern).toMatchObject({
        source: ['aws.iam'],
        'detail-type': ['AWS API Call via CloudTrail'],
        detail: { eventSource: ['iam.amazonaws.com'], errorCode: [{ exists: false }] },
      });
    }
  });

  it('match attaching of any policy, and detaching of ForceMFA, not of other policies', () => {
    expect(patternOf('BlockChangesRule').detail?.$or).toEqual([
      { eventName: ['AttachUserPolicy'] },
      {
        eventName: ['DetachUserPolicy'],
        requestParameters: { policyArn: [{ 'equals-ignore-case': policyArn() }] },
      },
    ]);
  });

  it('match the enforcer’s names in any case, because callers may type them so', () => {
    const named = iamRules().flatMap(([id, { EventPattern }]) =>
      [(EventPattern as Pattern).detail, ...((EventPattern as Pattern).detail?.$or ?? [])]
        .flatMap((part) => Object.entries(part?.requestParameters ?? {}))
        .map(([parameter, names]) => [id, parameter, names] as const),
    );
    expect(named).toHaveLength(6);
    for (const [id, parameter, names] of named) {
      for (const name of names as unknown[]) {
        const { 'Fn::If': either = [null, name] } = name as { 'Fn::If'?: unknown[] };
        expect(Object.keys(either[1] as object), `${id} ${parameter}`).toEqual([
          'equals-ignore-case',
        ]);
      }
    }
  });

  it('send every outcome to Slack’s queue', () => {
    expect(patternOf('OutcomesToSlackRule')).toEqual({ source: [OUTCOME_SOURCE] });
    expect(Object.keys(detailTypes)).toHaveLength(16);
  });

  it('send to the users’ queue what users get mails about, and nothing of observe mode', () => {
    const addressed = (outcome: Outcome): Outcome => {
      const email = 'dana@example.com';
      if (outcome.kind !== 'sweep-finished') return { ...outcome, email } as Outcome;
      return { ...outcome, endingExemptions: [{ user: 'dana', until: '2026-03-08', email }] };
    };
    const outcomes = Object.values(samples).map((one) => addressed(Outcome.parse(one)));
    const mailed = (mode: Outcome['mode']) =>
      outcomes.filter((one) => mailsOf({ ...one, mode }).length > 0).map(({ kind }) => kind);
    const kinds = [...new Set(mailed('enforce'))].map((kind) => detailTypes[kind]);
    expect(patternOf('OutcomesToUsersRule')).toEqual({
      source: [OUTCOME_SOURCE],
      'detail-type': expect.arrayContaining(kinds) as string[],
      detail: { mode: ['enforce'] },
    });
    expect(patternOf('OutcomesToUsersRule')?.['detail-type']).toHaveLength(kinds.length);
    expect(mailed('observe')).toEqual([]);
  });

  it('have a DLQ on each target', () => {
    const delivering = rules().filter(([, { EventPattern }]) => EventPattern);
    expect(delivering).toHaveLength(21);
    for (const [id, { Targets }] of delivering) {
      for (const target of Targets as Target[])
        expect(target.DeadLetterConfig?.Arn, id).toBeDefined();
    }
  });
});

describe('the state table', () => {
  it('has deletion protection and point-in-time recovery', () => {
    expect(template().Resources.StateTable).toMatchObject({
      Properties: {
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      },
    });
  });

  // CloudFormation does not lift the protection: without Retain the deletion of the stack would fail at its end.
  it('is retained when the stack is deleted or the table is replaced', () => {
    expect(template().Resources.StateTable).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
    const retained = Object.entries(template().Resources).filter(
      ([, { DeletionPolicy, UpdateReplacePolicy }]) => DeletionPolicy ?? UpdateReplacePolicy,
    );
    expect(retained.map(([id]) => id)).toEqual(['StateTable']);
  });
});

describe('the queues', () => {
  const queues = () => resourcesOf('AWS::SQS::Queue');
  const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

  it.each([
    [
      'IamChangesQueue',
      'IamChangesUndelivered',
      [
        'UserChangesRule',
        'BlockChangesRule',
        'GroupChangesRule',
        'InlineChangesRule',
        'BoundaryChangesRule',
        'CredentialChangesRule',
        'PolicyChangesRule',
        'TakenNamesRule',
        'RulesTamperedRule',
        'TargetsTamperedRule',
        'QueuesTamperedRule',
        'BusesTamperedRule',
        'FunctionsTamperedRule',
        'MappingsTamperedRule',
        'ResourcesTamperedRule',
        'TrailsTamperedRule',
        'GroupTamperedRule',
        'RolesTamperedRule',
      ],
    ],
    ['OutcomesQueue', 'OutcomesUndelivered', ['OutcomesToSlackRule']],
    ['UserMailQueue', 'UserMailFailed', ['OutcomesToUsersRule']],
  ])(
    '%s and its target’s DLQ allow EventBridge to send only from their rules',
    (queue, dlq, senders) => {
      const policies = resourcesOf('AWS::SQS::QueuePolicy').map(([, properties]) => properties);
      const policy = policies.find(({ Queues }) => JSON.stringify(Queues).includes(queue));
      expect(policy?.Queues).toEqual([{ Ref: queue }, { Ref: dlq }]);
      const { Statement } = (policy as { PolicyDocument: { Statement: unknown[] } }).PolicyDocument;
      const sources: unknown[] = senders.map(arn);
      // Rules of the organization's other accounts forward through this rule.
      if (queue === 'IamChangesQueue') {
        const none = { Ref: 'AWS::NoValue' };
        sources.push({ 'Fn::If': ['OrganizationGiven', arn('ForwardedRule'), none] });
        senders = [...senders, 'ForwardedRule'];
      }
      expect(Statement).toEqual([
        {
          Sid: expect.any(String) as string,
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: [arn(queue), arn(dlq)],
          Condition: {
            ArnEquals: { 'aws:SourceArn': sources.length === 1 ? sources[0] : sources },
          },
        },
      ]);
      for (const [id, { Targets }] of rules().filter(([rule]) => senders.includes(rule))) {
        expect(Targets, id).toMatchObject([
          { Arn: arn(queue), DeadLetterConfig: { Arn: arn(dlq) } },
        ]);
      }
    },
  );

  it('are all encrypted, and retain failed messages for 14 days', () => {
    expect(queues()).toHaveLength(10);
    for (const [id, properties] of queues()) {
      expect(properties, id).toMatchObject({
        SqsManagedSseEnabled: true,
        MessageRetentionPeriod: 1209600,
      });
    }
  });

  it('of the functions hide a message for six times the timeout, try it at least five times, and then move it to a DLQ', () => {
    const mappings = resourcesOf('AWS::Lambda::EventSourceMapping').filter(
      ([id]) => !id.startsWith('NightlySweep'),
    );
    expect(mappings).toHaveLength(3);
    for (const [id, mapping] of mappings) {
      expect(mapping.FunctionResponseTypes, id).toEqual(['ReportBatchItemFailures']);
      const queueId = referred(mapping.EventSourceArn);
      const functionId = referred(mapping.FunctionName);
      const queue = template().Resources[queueId]?.Properties as {
        VisibilityTimeout: number;
        RedrivePolicy: { maxReceiveCount: number; deadLetterTargetArn: unknown };
      };
      const timeout = template().Resources[functionId]?.Properties.Timeout as number;
      const window = (mapping.MaximumBatchingWindowInSeconds as number | undefined) ?? 0;
      expect(queue.VisibilityTimeout, id).toBeGreaterThanOrEqual(6 * timeout + window);
      // Messages that Slack or SES does not accept come back for days (docs/slack.md).
      const tries = functionId.startsWith('Notify') ? 1000 : 5;
      expect(queue.RedrivePolicy.maxReceiveCount).toBe(tries);
      expect(template().Resources[referred(queue.RedrivePolicy.deadLetterTargetArn)]?.Type).toBe(
        'AWS::SQS::Queue',
      );
    }
  });

  it('of sweeps sends an account to one function at a time, retries in the same night, and then uses a DLQ', () => {
    const [, mapping] =
      resourcesOf('AWS::Lambda::EventSourceMapping').find(([id]) =>
        id.startsWith('NightlySweep'),
      ) ?? [];
    expect(mapping).toMatchObject({
      BatchSize: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 5 },
      EventSourceArn: arn('SweepsQueue'),
    });
    expect(mapping).not.toHaveProperty('MaximumBatchingWindowInSeconds');
    const [, queue] = queues().find(([id]) => id === 'SweepsQueue') ?? [];
    expect(queue?.VisibilityTimeout).toBeGreaterThan(
      template().Resources.NightlySweepLambdaFunction?.Properties.Timeout as number,
    );
    expect(queue?.RedrivePolicy).toEqual({
      deadLetterTargetArn: arn('SweepsFailed'),
      maxReceiveCount: 3,
    });
  });

  it('of IAM changes runs as many instances as the circuit breaker assumes', () => {
    const [, mapping] =
      resourcesOf('AWS::Lambda::EventSourceMapping').find(([id]) => id.startsWith('OnIamChange')) ??
      [];
    expect(mapping?.ScalingConfig).toEqual({ MaximumConcurrency: 2 });
  });
});

describe('a sweep that fails', () => {
  it('goes to a dead-letter queue, both if it could not be started and if it threw', () => {
    const dlq = { 'Fn::GetAtt': ['SweepsFailed', 'Arn'] };
    const [, schedule] = rules().find(([id]) => id === 'SweepScheduleRule') ?? [];
    expect(schedule?.Targets).toMatchObject([{ DeadLetterConfig: { Arn: dlq } }]);
    const [[, invoke] = []] = resourcesOf('AWS::Lambda::EventInvokeConfig');
    expect(invoke).toMatchObject({ DestinationConfig: { OnFailure: { Destination: dlq } } });
  });
});

describe('the functions', () => {
  const functions = () => resourcesOf('AWS::Lambda::Function');

  it('run on Node 24, each under a role of its own', () => {
    expect(functions().map(([, { Runtime }]) => Runtime)).toEqual([
      'nodejs24.x',
      'nodejs24.x',
      'nodejs24.x',
      'nodejs24.x',
    ]);
    expect(new Set(functions().map(([, { Role }]) => referred(Role))).size).toBe(4);
  });

  it('get every variable that their configuration reads', () => {
    const stack = deployedHub();
    for (const [id] of functions()) {
      const { Variables } = stack.propertiesOf(id).Environment as {
        Variables: Record<string, string>;
      };
      const queues = Object.entries(Variables)
        .filter(([name]) => name.endsWith('_URL'))
        .map(([name, queue]) => [name, `https://sqs.us-east-1.amazonaws.com/${HUB}/${queue}`]);
      const values = { ...Variables, ...Object.fromEntries(queues), AWS_REGION: 'us-east-1' };
      if (id.startsWith('OnIamChange')) expect(() => reviewConfig(values), id).not.toThrow();
      if (id.startsWith('NightlySweep')) expect(() => sweepConfig(values)).not.toThrow();
      if (id.startsWith('NotifySlack')) expect(() => slackConfig(values)).not.toThrow();
      if (id.startsWith('NotifyUser')) expect(() => mailConfig(values)).not.toThrow();
    }
  });

  it('carry no secret in their environment', () => {
    const slack = functions().find(([id]) => id.startsWith('NotifySlack'))?.[1].Environment as {
      Variables: Record<string, unknown>;
    };
    expect(slack.Variables.MFA_ENFORCER_SLACK_WEBHOOK_PARAMETER).toEqual({
      Ref: 'SlackWebhookParameter',
    });
    expect(template().Parameters.SlackWebhookParameter?.Default).toBe(
      '/mfa-enforcer/slack-webhook',
    );
  });
});

describe('the template', () => {
  it('has a default and a description for every parameter but the bucket with the code', () => {
    for (const [name, { Default, Description }] of Object.entries(template().Parameters)) {
      expect(typeof Default, name).toBe(name === 'S3Bucket' ? 'undefined' : 'string');
      expect(Description, name).toMatch(/\.$/);
    }
    expect(template().Parameters.PolicyName?.Default).toBe('ForceMFA');
  });

  it('refuses every Region except those of IAM’s events', () => {
    const [{ Assert, AssertDescription }] = (
      template().Rules.RegionOfIamEvents as { Assertions: [Assertion] }
    ).Assertions;
    expect(Assert).toEqual({
      'Fn::Contains': [iamEventRegions, { Ref: 'AWS::Region' }],
    });
    expect(AssertDescription).toMatch(/^Deploy to us-east-1/);
    for (const region of iamEventRegions) expect(AssertDescription).toContain(region);
  });

  it('accepts ARNs only of the partitions where it can be deployed', () => {
    const deployable = partitionNames.filter((name) => partitions[name].eventRegion !== null);
    for (const source of [template(), spokeTemplate()]) {
      const parameters: Readonly<Record<string, { AllowedPattern?: string }>> = source.Parameters;
      const patterns = Object.entries(parameters).flatMap(([name, { AllowedPattern }]) =>
        AllowedPattern?.includes('arn:') ? [[name, AllowedPattern] as const] : [],
      );
      expect(patterns.length).toBeGreaterThan(0);
      for (const [name, pattern] of patterns) {
        expect(pattern, name).toContain(`^arn:(${deployable.join('|')}):`);
      }
    }
  });

  it('names no partition, so that it fits GovCloud and China', () => {
    const own = Object.entries(template().Resources).filter(
      ([id]) => !id.startsWith('ServerlessDeployment'),
    );
    expect(JSON.stringify(own)).not.toMatch(/arn:aws:/);
  });

  it.each([
    // W3005 comes from osls's own DependsOn. W3037: cfn-lint's list of actions has no signin:Authenticate yet (June 2026).
    [TEMPLATE_FILE, ['--ignore-checks', 'W3005', 'W3037']],
    [SPOKE_FILE, ['--ignore-checks', 'W3037']],
  ])(
    '%s has no error in cfn-lint',
    async (file, ignored) => {
      const { command, args } = await findPythonTool(CFN_LINT);
      const { stdout, stderr } = spawnSync(command, [...args, ...ignored, '--', file], {
        encoding: 'utf8',
      });
      expect((stdout + stderr).replaceAll(UNKNOWN_TO_CFN_LINT, '')).toBe('');
    },
    // cfn-lint may have to be fetched first.
    300_000,
  );
});

describe('the enforcer’s role', () => {
  const writes = (roleId: string) =>
    statementsOf(roleId).filter(
      (statement) =>
        statement.Effect === 'Allow' &&
        actionsOf(statement).some((action) =>
          /^iam:(?!Get|List|Simulate|GenerateCredentialReport)/.test(action),
        ),
    );

  it('may only make the writes that block and unblock, each pinned to our policy, group or boundary', () => {
    const users = { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:user/*' };
    expect(
      writes('OnIamChangeRole').map(({ Action, Resource, Condition }) => ({
        Action,
        Resource,
        Condition,
      })),
    ).toEqual([
      {
        Action: [
          'iam:GetPolicy',
          'iam:GetPolicyVersion',
          'iam:ListEntitiesForPolicy',
          'iam:ListPolicyVersions',
          'iam:SetDefaultPolicyVersion',
        ],
        Resource: [policyArn(), policyArn('-boundary')],
        Condition: undefined,
      },
      {
        Action: ['iam:AttachUserPolicy', 'iam:DetachUserPolicy'],
        Resource: users,
        Condition: { ArnEquals: { 'iam:PolicyARN': policyArn() } },
      },
      {
        Action: ['iam:AddUserToGroup', 'iam:RemoveUserFromGroup'],
        Resource: {
          'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:group/${PolicyName}',
        },
        Condition: undefined,
      },
      {
        Action: 'iam:DeleteUserPermissionsBoundary',
        Resource: users,
        Condition: { StringEquals: { 'iam:PermissionsBoundary': policyArn('-boundary') } },
      },
    ]);
  });

  it('may set only our boundary, by a separate policy that a deployment can leave out', () => {
    expect(statementsOf('OnIamChangeBoundaryDeny')).toMatchObject([
      {
        Action: 'iam:PutUserPermissionsBoundary',
        Condition: { StringEquals: { 'iam:PermissionsBoundary': policyArn('-boundary') } },
      },
    ]);
  });

  it('is the only one that writes to users; nightly-sweep writes one tag, the notifying ones have no IAM right', () => {
    expect(writes('NightlySweepRole')).toEqual([
      {
        Sid: 'ProbeEventPath',
        Effect: 'Allow',
        Action: 'iam:TagPolicy',
        Resource: {
          'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/${PolicyName}',
        },
        Condition: {
          'ForAllValues:StringEquals': { 'aws:TagKeys': [PROBE_TAG] },
          Null: { 'aws:TagKeys': 'false' },
        },
      },
    ]);
    for (const role of ['NotifySlackRole', 'NotifyUserRole', 'NotifyUserSend']) {
      const actions = statementsOf(role).flatMap(actionsOf);
      expect(actions.filter((action) => action.startsWith('iam:'))).toEqual([]);
    }
  });
});

interface Assertion {
  readonly Assert: unknown;
  readonly AssertDescription: string;
}

/** The logical id behind Ref or Fn::GetAtt. */
function referred(value: unknown): string {
  const { Ref, 'Fn::GetAtt': attribute } = value as {
    Ref?: string;
    'Fn::GetAtt'?: [string, string];
  };
  return Ref ?? attribute?.[0] ?? '';
}
