import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  policyFor,
  rightsQuestions,
} from '../../../functions/domain/deployment/deployer-policy.ts';
import {
  hubRemovalRights,
  ownRights,
  resourceRights,
} from '../../../functions/domain/deployment/deployer-rights.ts';
import { declared } from '../../../infra/docs/io-calls.ts';
import { resourcesOf, template } from '../../fakes/template.ts';
import { ACCOUNT, actionsOf, ask } from './evaluator.ts';

interface PolicyFile {
  readonly Statement: readonly {
    readonly Sid: string;
    readonly Effect: string;
    readonly Action: string | string[];
    readonly Resource: string | string[];
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  }[];
}

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as PolicyFile;
const alone = read('infra/deployer-policy.json');
const organization = read('infra/deployer-policy-organization.json');
const statements = [...alone.Statement, ...organization.Statement];
const granted = (policy: Pick<PolicyFile, 'Statement'>, except: readonly string[] = []) =>
  new Set(
    policy.Statement.filter(({ Sid }) => !except.includes(Sid)).flatMap(({ Action }) => Action),
  );
const types = [...new Set(Object.values(template().Resources).map(({ Type }) => Type))].toSorted();

/**
 * handlers.permissions of the types' schemas in the CloudFormation registry (aws cloudformation describe-type), as
 * pulumi/pulumi-aws-native (aws-cloudformation-schema/) and hashicorp/terraform-provider-awscc publish them.
 */
const schemas = JSON.parse(
  readFileSync('test/integration/policy/resource-schemas.json', 'utf8'),
) as Readonly<
  Record<string, Readonly<Record<'create' | 'read' | 'update' | 'delete', readonly string[]>>>
>;

/** What the handlers call only for a property that a resource has, or has lost. */
const onlyWith: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'AWS::CloudWatch::Alarm': { Tags: ['cloudwatch:UntagResource'] },
  'AWS::DynamoDB::Table': {
    ContributorInsightsSpecification: ['dynamodb:UpdateContributorInsights'],
    ImportSourceSpecification: [
      'dynamodb:DescribeImport',
      'dynamodb:ImportTable',
      'logs:CreateLogGroup',
      'logs:CreateLogStream',
      'logs:DescribeLogGroups',
      'logs:DescribeLogStreams',
      'logs:PutLogEvents',
      'logs:PutRetentionPolicy',
      's3:GetObject',
      's3:GetObjectMetadata',
      's3:ListBucket',
    ],
    KinesisStreamSpecification: [
      'dynamodb:DisableKinesisStreamingDestination',
      'dynamodb:EnableKinesisStreamingDestination',
      'dynamodb:UpdateKinesisStreamingDestination',
      'iam:CreateServiceLinkedRole',
      'kinesis:DescribeStream',
      'kinesis:PutRecords',
    ],
    // A property of SSESpecification. The policy of the AWS managed key already allows these calls through DynamoDB to every
    // principal of the account (DynamoDB Developer Guide, "How DynamoDB uses AWS KMS").
    KMSMasterKeyId: [
      'kms:CreateGrant',
      'kms:Decrypt',
      'kms:DescribeKey',
      'kms:Encrypt',
      'kms:ListAliases',
      'kms:RevokeGrant',
    ],
    ResourcePolicy: ['dynamodb:DeleteResourcePolicy', 'dynamodb:PutResourcePolicy'],
    Tags: ['dynamodb:UntagResource'],
  },
  'AWS::Events::EventBus': {
    KmsKeyIdentifier: [
      'kms:Decrypt',
      'kms:DescribeKey',
      'kms:Encrypt',
      'kms:GenerateDataKey',
      'kms:GenerateDataKeyWithoutPlaintext',
      'kms:ReEncrypt',
      'kms:ReEncryptFrom',
      'kms:ReEncryptTo',
    ],
    Policy: ['events:PutPermission', 'events:RemovePermission'],
  },
  // Of the rule or of a target.
  'AWS::Events::Rule': { RoleArn: ['iam:PassRole'] },
  'AWS::IAM::Group': {
    ManagedPolicyArns: ['iam:AttachGroupPolicy', 'iam:DetachGroupPolicy'],
    Path: ['iam:UpdateGroup'],
  },
  'AWS::IAM::ManagedPolicy': {
    Groups: ['iam:AttachGroupPolicy', 'iam:DetachGroupPolicy'],
    Roles: ['iam:AttachRolePolicy', 'iam:DetachRolePolicy'],
    Users: ['iam:AttachUserPolicy', 'iam:DetachUserPolicy'],
  },
  'AWS::IAM::Role': {
    ManagedPolicyArns: ['iam:AttachRolePolicy', 'iam:DetachRolePolicy'],
    PermissionsBoundary: ['iam:DeleteRolePermissionsBoundary', 'iam:PutRolePermissionsBoundary'],
    Tags: ['iam:TagRole', 'iam:UntagRole'],
  },
  'AWS::Lambda::EventSourceMapping': {
    KmsKeyArn: ['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey'],
    Tags: ['lambda:UntagResource'],
  },
  'AWS::Lambda::Function': {
    CodeSigningConfigArn: [
      'lambda:DeleteFunctionCodeSigningConfig',
      'lambda:GetCodeSigningConfig',
      'lambda:PutFunctionCodeSigningConfig',
    ],
    FileSystemConfigs: ['elasticfilesystem:DescribeMountTargets'],
    KmsKeyArn: ['kms:CreateGrant', 'kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'],
    Layers: ['lambda:GetLayerVersion'],
    ReservedConcurrentExecutions: [
      'lambda:DeleteFunctionConcurrency',
      'lambda:PutFunctionConcurrency',
    ],
    RuntimeManagementConfig: ['lambda:PutRuntimeManagementConfig'],
    S3ObjectVersion: ['s3:GetObjectVersion'],
    Tags: ['lambda:UntagResource'],
    VpcConfig: [
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSecurityGroups',
      'ec2:DescribeSubnets',
      'ec2:DescribeVpcs',
    ],
  },
  'AWS::Logs::LogGroup': {
    DataProtectionPolicy: [
      'firehose:TagDeliveryStream',
      'logs:CreateLogDelivery',
      'logs:DeleteDataProtectionPolicy',
      'logs:DescribeResourcePolicies',
      'logs:PutDataProtectionPolicy',
      'logs:PutResourcePolicy',
      's3:REST.PUT.OBJECT',
    ],
    KmsKeyId: ['logs:AssociateKmsKey', 'logs:DisassociateKmsKey'],
    Tags: ['logs:UntagResource'],
    // RetentionInDays is set, and no release takes it away.
    'RetentionInDays taken away': ['logs:DeleteRetentionPolicy'],
  },
  'AWS::SQS::Queue': { Tags: ['sqs:UntagQueue'] },
};

/** The handlers' permissions without those of properties that no resource of the type has. */
function needed(type: string, handlers: readonly ('create' | 'read' | 'update' | 'delete')[]) {
  const text = JSON.stringify(resourcesOf(type));
  const unused = Object.entries(onlyWith[type] ?? {})
    .filter(([property]) => !text.includes(`"${property}":`))
    .flatMap(([, actions]) => actions);
  const actions = handlers.flatMap((handler) => schemas[type]?.[handler] ?? []);
  return [...new Set(actions)].filter((action) => !unused.includes(action)).toSorted();
}

describe('the deployer’s policy', () => {
  it.each([
    ['deploy', 'functions/commands/deploy.ts'],
    ['remove', 'functions/commands/remove.ts'],
  ] as const)('has the rights of each call of %s', async (command, file) => {
    const preflight = granted({ Statement: statements.filter(({ Sid }) => Sid === 'Preflight') });
    const calls = (await declared(file)).filter((action) => !preflight.has(action));
    const ofHub = command === 'remove' ? hubRemovalRights : [];
    expect([...ownRights[command], ...ofHub].toSorted()).toEqual(calls);
    expect([...granted({ Statement: statements })]).toEqual(expect.arrayContaining(calls));
  });

  it('knows every type of resource of the template', () => {
    expect(Object.keys(resourceRights)).toEqual(types);
  });

  it.each(types)('has the rights that CloudFormation uses for %s', (type) => {
    const { change = [], remove } = resourceRights[type] ?? {};
    expect(change).toEqual(needed(type, ['create', 'read', 'update']));
    const isKept = Object.values(template().Resources).every(
      ({ Type, DeletionPolicy }) => Type !== type || DeletionPolicy === 'Retain',
    );
    expect(remove).toEqual(isKept ? [] : needed(type, ['delete']));
    const policies = type === 'AWS::Events::EventBusPolicy' ? statements : alone.Statement;
    expect([...granted({ Statement: policies })]).toEqual(
      expect.arrayContaining([...change, ...(remove ?? [])]),
    );
  });

  // These commands send StackSets' calls themselves, and declare none.
  it('has the rights of each call of the organization’s commands', () => {
    const folder = 'functions/commands/organization';
    const sources = readdirSync(folder).map((file) => readFileSync(`${folder}/${file}`, 'utf8'));
    const calls = sources.flatMap((text) =>
      [...text.matchAll(/new ([A-Z][A-Za-z]+)Command\(|\bpaginate([A-Z][A-Za-z]+)\(/g)].map(
        ([, command, pages]) => command ?? pages,
      ),
    );
    const names = [...granted(organization)].map((action) => action.split(':')[1]);
    expect(calls.length).toBeGreaterThan(10);
    expect(names).toEqual(expect.arrayContaining(calls));
    const used = new Set([
      ...calls,
      ...Object.values({ ...ownRights, hubRemovalRights })
        .flat()
        .map((one) => one.split(':')[1]),
    ]);
    const more = [...granted(organization, ['ReportRole', 'HubBusPolicy'])].filter(
      (action) => !used.has(action.split(':')[1]),
    );
    expect(more).toEqual([]);
  });

  it('has no other right', () => {
    const used = new Set([
      ...Object.values({ ...ownRights, hubRemovalRights }).flat(),
      ...Object.values(resourceRights).flatMap(({ change, remove }) => [...change, ...remove]),
    ]);
    const more = [...granted(alone, ['Preflight'])].filter((action) => !used.has(action));
    expect(more).toEqual([]);
  });

  it.each([
    ['deployer-policy.json', alone],
    ['deployer-policy-organization.json', organization],
  ])('fits into one managed policy, and names every action in full: %s', (_, policy) => {
    // IAM does not count white space (IAM User Guide, "IAM and AWS STS quotas").
    expect(JSON.stringify(policy).replaceAll(' ', '').length).toBeLessThanOrEqual(6_144);
    for (const action of granted(policy)) expect(action).toMatch(/^[a-z0-9]+:[A-Za-z0-9]+$/);
    for (const { Action } of policy.Statement)
      expect([Action].flat()).toEqual([Action].flat().toSorted());
  });

  it.each([
    ['of a deployment with the default names', {}],
    [
      'of a deployment with other names',
      { stack: 'mfa', policyName: 'Deny', bucket: 'code', webhookParameter: '/team/webhook' },
    ],
  ])('allows what the preflight asks about: %s', async (_, change) => {
    const names = {
      partition: 'aws',
      account: ACCOUNT,
      region: 'us-east-1',
      stack: 'iam-mfa-enforcer-prod',
      policyName: 'ForceMFA',
      bucket: `mfa-enforcer-${ACCOUNT}-us-east-1`,
      webhookParameter: '/mfa-enforcer/slack-webhook',
      ...change,
    };
    const parsed = statements.map(({ Sid, Action, Resource, Condition = {} }) => ({
      sid: Sid,
      actions: [Action].flat(),
      resources: [Resource].flat(),
      conditions: Condition,
    }));
    const files = Object.keys(change).length === 0 ? [alone, organization] : [];
    const printed = policyFor(parsed, [...granted({ Statement: statements })], names);
    const refused: string[] = [];
    for (const command of ['deploy', 'remove'] as const) {
      const run = { command, names, isHub: true, unused: [] };
      for (const question of rightsQuestions(parsed, run)) {
        const { actions, resource, context } = question;
        if (resource !== '*') expect(resource).not.toContain('*');
        for (const action of actions) {
          for (const identityPolicies of [files, [printed]].filter(({ length }) => length > 0)) {
            const verdict = await ask({
              principal: `arn:aws:iam::${ACCOUNT}:user/deployer`,
              action,
              resource,
              context: Object.fromEntries(
                context.map(({ key, value }) => [
                  key,
                  key === 'dynamodb:LeadingKeys' ? [value] : value,
                ]),
              ),
              identityPolicies,
            });
            if (verdict !== 'allowed') refused.push(`${action} on ${resource}: ${verdict}`);
          }
        }
      }
    }
    expect(refused).toEqual([]);
  });

  it('writes in IAM only to what a deployment consists of, and takes blocks away', async () => {
    const foreign = {
      role: 'role/admin',
      policy: 'policy/admin',
      group: 'group/admins',
      user: 'user/dana',
    };
    const allowed: string[] = [];
    for (const { action } of await actionsOf('iam')) {
      if (/^iam:(Get|List|Simulate)/.test(action)) continue;
      for (const name of Object.values(foreign)) {
        const verdict = await ask({
          principal: `arn:aws:iam::${ACCOUNT}:user/deployer`,
          action,
          resource: `arn:aws:iam::${ACCOUNT}:${name}`,
          context: {
            'iam:PassedToService': 'lambda.amazonaws.com',
            'iam:PolicyARN': 'arn:aws:iam::aws:policy/AdministratorAccess',
            'iam:PermissionsBoundary': `arn:aws:iam::${ACCOUNT}:policy/developers`,
          },
          identityPolicies: [alone, organization],
        }).catch(() => 'no such resource');
        if (verdict === 'allowed') allowed.push(`${action} on ${name}`);
      }
    }
    // IAM cannot restrict DeleteUserPolicy to the name of the inline policy.
    expect(allowed).toEqual(['iam:DeleteUserPolicy on user/dana']);
  }, 60_000);
});
