import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseDocument, visit } from 'yaml';
import {
  probeRole,
  readRole,
  reviewRole,
  spokeTags,
} from '../../../functions/domain/accounts/spoke.ts';
import { declared } from '../../../infra/docs/io-calls.ts';
import {
  deployedHub,
  deployedSpoke,
  HUB,
  hubOutputs,
  MEMBER,
  ORGANIZATION,
  roleOf,
  SPOKE_FILE,
  spokeTemplate,
} from '../../fakes/deployed.ts';
import { actionsOf, template } from '../../fakes/template.ts';

interface Pattern {
  readonly source: string[];
  readonly 'detail-type': string[];
  readonly detail: Readonly<Record<string, unknown>> & {
    readonly eventName: string[];
    readonly requestParameters?: unknown;
  };
}

interface Target {
  readonly Arn: string;
  readonly RoleArn: string;
  readonly DeadLetterConfig: { readonly Arn: string };
}

const inAccount = (value: unknown, account: string) =>
  JSON.parse(JSON.stringify(value).replaceAll(HUB, account)) as unknown;

/** By logical id: a hub's or a spoke's rules that listen to CloudTrail in its own account. */
function patternsOf(stack: ReturnType<typeof deployedSpoke>): Map<string, Pattern> {
  return new Map(
    stack
      .idsOf('AWS::Events::Rule')
      .map((id) => [id, stack.propertiesOf(id)] as const)
      .filter(([, { EventPattern, EventBusName }]) => EventPattern && !EventBusName)
      .map(([id, { EventPattern }]) => [id, EventPattern as Pattern]),
  );
}

// Resources that a spoke does not have, or that have other names because StackSets names its stack.
const NAMED_OTHERWISE: Readonly<Record<string, unknown>> = {
  RulesTamperedRule: { name: [{ prefix: 'ForceMFA-' }] },
  TargetsTamperedRule: { rule: [{ prefix: 'ForceMFA-' }] },
  RolesTamperedRule: {
    roleName: ['review', 'read', 'probe', 'forward'].map((name) => ({
      'equals-ignore-case': `ForceMFA-${name}`,
    })),
  },
};
const HUB_ONLY = [
  'QueuesTamperedRule',
  'BusesTamperedRule',
  'FunctionsTamperedRule',
  'MappingsTamperedRule',
  'ResourcesTamperedRule',
];

describe('the spoke’s rules', () => {
  const spoke = deployedSpoke();
  const here = patternsOf(spoke);
  const there = patternsOf(deployedHub({ OrganizationId: ORGANIZATION }));

  it('are those of the hub, except for resources that a spoke does not have', () => {
    expect([...here.keys(), ...HUB_ONLY].toSorted()).toEqual([...there.keys()].toSorted());
  });

  it.each([...here.keys()])('%s matches the same events as the hub’s rule', (id) => {
    const { detail, ...envelope } = inAccount(there.get(id), MEMBER) as Pattern;
    const named = NAMED_OTHERWISE[id];
    const expected = named === undefined ? detail : { ...detail, requestParameters: named };
    expect(here.get(id)).toEqual({ ...envelope, detail: expected });
  });

  it('send their events to the hub’s bus, and undeliverable ones to the dead-letter queue', () => {
    for (const id of spoke.idsOf('AWS::Events::Rule')) {
      const [target, ...more] = spoke.propertiesOf(id).Targets as Target[];
      expect(more).toEqual([]);
      expect(target, id).toEqual({
        Id: 'hub',
        Arn: hubOutputs.HubBusArn,
        RoleArn: `arn:aws:iam::${MEMBER}:role/ForwardRole`,
        DeadLetterConfig: { Arn: `arn:aws:sqs:us-east-1:${MEMBER}:Undelivered` },
      });
    }
  });

  it('are the only senders that the dead-letter queue allows', () => {
    const { Queues, PolicyDocument } = spoke.propertiesOf('UndeliveredPolicy');
    expect(Queues).toEqual(['Undelivered']);
    expect(PolicyDocument).toMatchObject({
      Statement: [
        {
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Condition: {
            ArnEquals: {
              'aws:SourceArn': spoke
                .idsOf('AWS::Events::Rule')
                .map((id) => `arn:aws:events:us-east-1:${MEMBER}:rule/${id}`),
            },
          },
        },
      ],
    });
    expect(spoke.propertiesOf('Undelivered')).toMatchObject({
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 1209600,
    });
  });

  it('use exactly the event sources that the hub’s rule accepts', () => {
    const hub = deployedHub({ OrganizationId: ORGANIZATION });
    const { EventPattern, EventBusName, Targets } = hub.propertiesOf('ForwardedRule');
    expect(EventBusName).toBe('mfa-hub');
    expect(EventPattern).toEqual({
      source: [...new Set([...here].flatMap(([, { source }]) => source))],
      'detail-type': ['AWS API Call via CloudTrail'],
    });
    const hubsOwn = hub.propertiesOf('UserChangesRule').Targets;
    expect(Targets).toEqual(hubsOwn);
  });

  it('have an alarm only if a topic is set', () => {
    expect(spoke.idsOf('AWS::CloudWatch::Alarm')).toEqual([]);
    const topic = `arn:aws:sns:us-east-1:${HUB}:alarms`;
    const withTopic = deployedSpoke({ AlarmTopicArn: topic });
    expect(withTopic.propertiesOf('UndeliveredAlarm')).toMatchObject({
      AlarmActions: [topic],
      Dimensions: [{ Name: 'QueueName', Value: 'Undelivered' }],
    });
  });
});

describe('the hub’s bus', () => {
  it('accepts only events of the organization', () => {
    const hub = deployedHub({ OrganizationId: ORGANIZATION });
    expect(hub.propertiesOf('HubBusPolicy').Statement).toEqual({
      Effect: 'Allow',
      Principal: '*',
      Action: 'events:PutEvents',
      Resource: `arn:aws:events:us-east-1:${HUB}:event-bus/mfa-hub`,
      Condition: { StringEquals: { 'aws:PrincipalOrgID': ORGANIZATION } },
    });
  });

  it('does not exist, nor any other resource for an organization, where one account is managed', () => {
    const [one, many] = [deployedHub(), deployedHub({ OrganizationId: ORGANIZATION })];
    const types = [...new Set(Object.values(template().Resources).map(({ Type }) => Type))];
    const more = types.flatMap((type) => {
      const without = one.idsOf(type);
      return many.idsOf(type).filter((id) => !without.includes(id));
    });
    expect(more.toSorted()).toEqual([
      'ForwardedRule',
      'HubBus',
      'HubBusPolicy',
      'NightlySweepOrganization',
      'OnIamChangeOrganization',
      'ReportRole',
    ]);
  });

  it('is an output, as the roles are, for the deployment of spokes', () => {
    const conditional = Object.entries(template().Outputs)
      .filter(([, output]) => (output as { Condition?: string }).Condition === 'OrganizationGiven')
      .map(([name]) => name);
    expect(conditional).toEqual(['HubBusArn', 'ReviewRoleArn', 'SweepRoleArn', 'ReportRoleArn']);
  });
});

describe('the spoke’s policies', () => {
  const spoke = deployedSpoke();

  it.each(['ForceMfaPolicy', 'ForceMfaGroup', 'ForceMfaBoundary'])(
    '%s has the name and the document of the hub’s',
    (id) => {
      const { PolicyDocument: _, Policies: __, ...there } = deployedHub().propertiesOf(id);
      expect(spoke.propertiesOf(id)).toMatchObject(there);
    },
  );
});

/** The actions that a role in the spoke is granted, each once. */
function granted(id: string, parameters: Readonly<Record<string, string>>): string[] {
  const { Policies } = roleOf(deployedSpoke(parameters), id);
  const actions = Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(actionsOf);
  return [...new Set(actions)].toSorted();
}

async function declaredInIam(...entryPoints: string[]): Promise<string[]> {
  const all = await Promise.all(entryPoints.map((file) => declared(file)));
  const ofIam = all.flat().filter((action) => action.startsWith('iam:'));
  return [...new Set(ofIam)].toSorted();
}

describe('the spoke’s roles', () => {
  const everything = {
    Mode: 'enforce',
    BoundaryDeny: 'yes',
    InlineDeny: 'yes',
    OrphanDevices: 'delete',
  };
  // Generating the credential report is a write that changes no rights.
  const writes = (action: string) =>
    !/^iam:(Get|List|Simulate|GenerateCredentialReport)/.test(action);

  it('allow on-iam-change exactly what its io functions declare', async () => {
    const needs = await declaredInIam('functions/on-iam-change.ts');
    expect(needs).toContain('iam:ListRoleTags');
    expect(granted('ReviewRole', everything)).toEqual(needs);
    // The Mode of the hub decides.
    expect(granted('ReviewRole', { ...everything, Mode: 'hub' })).toEqual(needs);
  }, 30_000);

  it.each([
    ['BoundaryDeny', ['iam:PutUserPermissionsBoundary']],
    ['InlineDeny', ['iam:DeleteUserPolicy', 'iam:PutUserPolicy']],
  ])('allow nothing of %s where it is no', (parameter, actions) => {
    const all = granted('ReviewRole', everything);
    const without = granted('ReviewRole', { ...everything, [parameter]: 'no' });
    expect(without).toEqual(all.filter((action) => !actions.includes(action)));
  });

  it('allow on-iam-change only to read, by default and in observe mode', () => {
    const reads = granted('ReviewRole', everything).filter((action) => !writes(action));
    expect(granted('ReviewRole', {})).toEqual(reads);
    expect(granted('ReviewRole', { ...everything, Mode: 'observe' })).toEqual(reads);
  });

  it('allow the sweep and the reports exactly the reads that their io functions declare', async () => {
    const commands = ['report', 'plan', 'explain'].map((name) => `functions/commands/${name}.ts`);
    const needs = await declaredInIam('functions/nightly-sweep.ts', ...commands);
    // The sweep has a role of its own for its only write.
    const probes = needs.filter(writes);
    expect(granted('ProbeRole', everything)).toEqual(probes);
    expect(granted('ReadRole', everything)).toEqual(needs.filter((one) => !probes.includes(one)));
    expect(probes).toEqual(['iam:TagPolicy']);
  }, 30_000);

  it('have the names and the tags that the hub expects', () => {
    const stack = deployedSpoke({ PolicyName: 'MustMFA', Mode: 'enforce', BlockLimit: '25' });
    const named: Record<string, string> = {
      ReviewRole: reviewRole('MustMFA'),
      ReadRole: readRole('MustMFA'),
    };
    for (const [id, name] of Object.entries(named)) {
      const { RoleName, Tags = [] } = roleOf(stack, id);
      expect(RoleName).toBe(name);
      const tags = Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]));
      expect(tags).toMatchObject({ [spokeTags.mode]: 'enforce', [spokeTags.blockLimit]: '25' });
    }
  });

  it('for probes has the name that the hub expects, in every mode', () => {
    for (const Mode of ['observe', 'enforce', 'hub']) {
      const stack = deployedSpoke({ PolicyName: 'MustMFA', Mode });
      expect(roleOf(stack, 'ProbeRole').RoleName).toBe(probeRole('MustMFA'));
    }
  });

  it('have names within the limits of IAM and EventBridge, even with the longest PolicyName', () => {
    const { AllowedPattern } = spokeTemplate().Parameters.PolicyName ?? {};
    const longest = 'P'.repeat(40);
    expect(longest).toMatch(new RegExp(AllowedPattern ?? '^$'));
    expect(`${longest}P`).not.toMatch(new RegExp(AllowedPattern ?? ''));
    const stack = deployedSpoke({ PolicyName: longest });
    for (const id of stack.idsOf('AWS::Events::Rule')) {
      expect(String(stack.propertiesOf(id).Name).length).toBeLessThanOrEqual(64);
    }
    for (const id of stack.idsOf('AWS::IAM::Role')) {
      expect(roleOf(stack, id).RoleName?.length).toBeLessThanOrEqual(64);
    }
  });
});

describe('the spoke’s template', () => {
  const text = readFileSync(SPOKE_FILE, 'utf8');

  it('is small enough to be sent in a request', () => {
    // CloudFormation quotas: a template body in a request is at most 51,200 bytes.
    expect(Buffer.byteLength(text)).toBeLessThan(51_200);
  });

  it('has no YAML aliases, which CloudFormation does not accept', () => {
    let aliases = 0;
    visit(parseDocument(text, { logLevel: 'silent' }), {
      Alias: () => {
        aliases += 1;
      },
    });
    expect(aliases).toBe(0);
  });

  it('deploys no code, retains no resource that would stop a retry, and fits every partition', () => {
    const { Resources } = spokeTemplate();
    const types = new Set(Object.values(Resources).map(({ Type }) => Type));
    expect([...types].toSorted()).toEqual([
      'AWS::CloudWatch::Alarm',
      'AWS::Events::Rule',
      'AWS::IAM::Group',
      'AWS::IAM::ManagedPolicy',
      'AWS::IAM::Role',
      'AWS::SQS::Queue',
      'AWS::SQS::QueuePolicy',
    ]);
    for (const resource of Object.values(Resources)) {
      expect(resource).not.toHaveProperty('DeletionPolicy');
    }
    expect(JSON.stringify(Resources)).not.toMatch(/arn:aws:/);
  });

  it('has the parameters of the hub', () => {
    const [here, there] = [spokeTemplate().Parameters, template().Parameters];
    for (const [name, { Description }] of Object.entries(here)) {
      expect(Description, name).toMatch(/\.$/);
    }
    expect(here.PolicyName?.Default).toBe(there.PolicyName?.Default);
    expect(here.BoundaryDeny?.Default).toBe(there.BoundaryDeny?.Default);
    expect(here.InlineDeny?.Default).toBe(there.InlineDeny?.Default);
    // No user in a new account is blocked until enforce mode is chosen.
    expect(here.Mode?.Default).toBe('observe');
  });

  it('refuses every Region but those of IAM’s events, as the hub does', () => {
    expect(spokeTemplate().Rules).toEqual({
      RegionOfIamEvents: template().Rules.RegionOfIamEvents,
    });
  });
});
