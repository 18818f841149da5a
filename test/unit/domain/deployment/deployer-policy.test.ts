import { describe, expect, it } from 'vitest';
import {
  type DeployerRun,
  type DeploymentNames,
  type PolicyStatement,
  policyFor,
  rightsQuestions,
  simulatedCaller,
} from '../../../../functions/domain/deployment/deployer-policy.ts';

const names: DeploymentNames = {
  partition: 'aws-us-gov',
  account: '111122223333',
  region: 'us-gov-west-1',
  stack: 'mfa',
  policyName: 'Deny',
  bucket: 'code-of-mfa',
  webhookParameter: '/team/webhook',
};

function statement(change: Partial<PolicyStatement> = {}): PolicyStatement {
  return {
    sid: 'Some',
    actions: ['cloudformation:DescribeStacks'],
    resources: ['*'],
    conditions: {},
    ...change,
  };
}

const asked = (statements: readonly PolicyStatement[], change: Partial<DeployerRun> = {}) => {
  const of = (command: DeployerRun['command']) =>
    rightsQuestions(statements, { command, names, isHub: false, unused: [], ...change }).flatMap(
      ({ actions }) => actions,
    );
  return { deploy: of('deploy'), remove: of('remove') };
};

describe('the questions about a caller’s rights', () => {
  it.each([
    ['own calls of both commands', 'cloudformation:DescribeStacks', true, true],
    ['own calls of deploy', 's3:PutObject', true, false],
    ['own calls of remove', 'lambda:UpdateEventSourceMapping', true, true],
    ['own calls of remove alone', 'iam:DetachUserPolicy', false, true],
    ['what CloudFormation creates', 'iam:CreateRole', true, false],
    // A deployment that fails is rolled back.
    ['what CloudFormation deletes', 'iam:DeleteRole', true, true],
    ['nothing else', 'iam:CreateUser', false, false],
  ])('are about %s: %s', (_, action, deploy, remove) => {
    const of = asked([statement({ actions: [action] })]);
    expect([of.deploy, of.remove]).toEqual([deploy ? [action] : [], remove ? [action] : []]);
  });

  // It begins with a change of the hub's stack, after which a sweep unblocks everyone.
  it.each([
    ['what CloudFormation creates', 'iam:CreateRole', [false, true]],
    ['what starts a sweep', 'lambda:InvokeFunction', [false, true]],
    ['what CloudFormation deletes', 'iam:DeleteRole', [true, true]],
  ])('of a removal are in a hub also about %s', (_, action, expected) => {
    const one = statement({ actions: [action] });
    const found = [false, true].map((isHub) => asked([one], { isHub }).remove.includes(action));
    expect(found).toEqual(expected);
    const ofHub = statement({ actions: ['lambda:InvokeFunction'] });
    expect(asked([ofHub], { isHub: true }).deploy).toEqual([]);
  });

  it('leave out what a run does not call', () => {
    const one = statement({ actions: ['ssm:PutParameter', 'ssm:DescribeParameters'] });
    expect(asked([one]).deploy).toEqual(['ssm:PutParameter', 'ssm:DescribeParameters']);
    expect(asked([one], { unused: ['ssm:PutParameter'] }).deploy).toEqual([
      'ssm:DescribeParameters',
    ]);
  });

  it('are none where a statement allows nothing that is needed', () => {
    const other = statement({ actions: ['iam:CreateUser'] });
    expect(
      rightsQuestions([other], { command: 'deploy', names, isHub: false, unused: [] }),
    ).toEqual([]);
  });

  it('leave out the rights for the questions themselves', () => {
    const preflight = statement({ sid: 'Preflight', actions: ['iam:GetRole'] });
    expect(asked([preflight])).toEqual({ deploy: [], remove: [] });
    expect(asked([{ ...preflight, sid: 'Roles' }]).deploy).toEqual(['iam:GetRole']);
  });

  it.each([
    ['*', '*'],
    [
      'arn:aws:cloudwatch:*:*:alarm:iam-mfa-enforcer-*',
      'cloudwatch:R:A:alarm:mfa-SweepMissingAlarm-X',
    ],
    ['arn:aws:cloudwatch::*:dashboard/iam-mfa-enforcer-*', 'cloudwatch::A:dashboard/mfa'],
    ['arn:aws:events:*:*:event-bus/iam-mfa-enforcer-*', 'events:R:A:event-bus/mfa'],
    ['arn:aws:events:*:*:rule/iam-mfa-enforcer-*', 'events:R:A:rule/mfa-UserChangesRule-X'],
    ['arn:aws:lambda:*:*:event-source-mapping:*', 'lambda:R:A:event-source-mapping:ID'],
    ['arn:aws:lambda:*:*:function:iam-mfa-enforcer-*', 'lambda:R:A:function:mfa-on-iam-change'],
    [
      'arn:aws:lambda:*:*:function:iam-mfa-enforcer-*-nightly-sweep',
      'lambda:R:A:function:mfa-nightly-sweep',
    ],
    ['arn:aws:iam::*:group/ForceMFA', 'iam::A:group/Deny'],
    ['arn:aws:iam::*:policy/ForceMFA', 'iam::A:policy/Deny'],
    ['arn:aws:iam::*:policy/ForceMFA-boundary', 'iam::A:policy/Deny-boundary'],
    ['arn:aws:iam::*:role/ForceMFA-report', 'iam::A:role/Deny-report'],
    ['arn:aws:iam::*:role/iam-mfa-enforcer-*', 'iam::A:role/mfa-OnIamChangeRole-X'],
    ['arn:aws:iam::*:user/*', 'iam::A:user/any'],
    ['arn:aws:sqs:*:*:iam-mfa-enforcer-*', 'sqs:R:A:mfa-IamChangesQueue-X'],
    [
      'arn:aws:logs:*:*:log-group:/aws/lambda/iam-mfa-enforcer-*',
      'logs:R:A:log-group:/aws/lambda/mfa-on-iam-change',
    ],
    ['arn:aws:s3:::mfa-enforcer-*', 's3:::code-of-mfa'],
    ['arn:aws:s3:::mfa-enforcer-*/*', 's3:::code-of-mfa/template.json'],
    ['arn:aws:ssm:*:*:parameter/mfa-enforcer/*', 'ssm:R:A:parameter/team/webhook'],
    ['arn:aws:cloudformation:*:*:stack/iam-mfa-enforcer-*/*', 'cloudformation:R:A:stack/mfa/ID'],
    ['arn:aws:dynamodb:*:*:table/iam-mfa-enforcer-*', 'dynamodb:R:A:table/mfa-StateTable-X'],
    ['arn:aws:sns:*:*:alarms', 'sns:R:A:alarms'],
  ])('name for %s an example of this deployment', (pattern, short) => {
    const [question] = rightsQuestions([statement({ resources: [pattern] })], {
      command: 'deploy',
      names,
      isHub: false,
      unused: [],
    });
    const example = short
      .replace(':R:', ':us-gov-west-1:')
      .replace(':A:', ':111122223333:')
      .replace('ID', '00000000-0000-0000-0000-000000000000');
    expect(question?.resource).toBe(example === '*' ? '*' : `arn:aws-us-gov:${example}`);
  });

  it('are one a resource, with the values that the conditions compare', () => {
    const one = statement({
      actions: ['iam:PassRole', 'iam:CreateUser', 'iam:CreateRole'],
      resources: ['arn:aws:iam::*:policy/ForceMFA', 'arn:aws:iam::*:group/ForceMFA'],
      conditions: {
        StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' },
        ArnLike: { 'iam:PolicyARN': 'arn:aws:iam::*:policy/ForceMFA' },
        'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['sweep/*', 'probe/*'] },
      },
    });
    const context = [
      { key: 'iam:PassedToService', value: 'lambda.amazonaws.com' },
      { key: 'iam:PolicyARN', value: 'arn:aws-us-gov:iam::111122223333:policy/Deny' },
      { key: 'dynamodb:LeadingKeys', value: 'sweep/any' },
    ];
    const actions = ['iam:PassRole', 'iam:CreateRole'];
    expect(rightsQuestions([one], { command: 'deploy', names, isHub: false, unused: [] })).toEqual([
      { actions, resource: 'arn:aws-us-gov:iam::111122223333:policy/Deny', context },
      { actions, resource: 'arn:aws-us-gov:iam::111122223333:group/Deny', context },
    ]);
  });
});

describe('the policy for missing rights', () => {
  it('has only their statements, with the names of the deployment', () => {
    const statements = [
      statement({ sid: 'Preflight', actions: ['iam:GetRole'] }),
      statement({
        sid: 'Roles',
        actions: ['iam:CreateRole', 'iam:GetRole'],
        resources: [
          'arn:aws:iam::*:role/iam-mfa-enforcer-*',
          'arn:aws:iam::*:role/ForceMFA-report',
        ],
        conditions: { ArnLike: { 'iam:PolicyARN': 'arn:aws:iam::*:policy/ForceMFA' } },
      }),
      statement({ sid: 'Read', actions: ['iam:GetUser'] }),
      statement({
        sid: 'Rest',
        actions: ['s3:PutObject'],
        resources: ['arn:aws:s3:::mfa-enforcer-*/*', 'arn:aws:ssm:*:*:parameter/mfa-enforcer/*'],
      }),
    ];
    expect(policyFor(statements, ['iam:GetRole', 's3:PutObject'], names)).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'Roles',
          Effect: 'Allow',
          Action: ['iam:GetRole'],
          Resource: ['arn:aws-us-gov:iam::*:role/mfa*', 'arn:aws-us-gov:iam::*:role/Deny-report'],
          Condition: { ArnLike: { 'iam:PolicyARN': 'arn:aws-us-gov:iam::*:policy/Deny' } },
        },
        {
          Sid: 'Rest',
          Effect: 'Allow',
          Action: ['s3:PutObject'],
          Resource: [
            'arn:aws-us-gov:s3:::code-of-mfa/*',
            'arn:aws-us-gov:ssm:*:*:parameter/team/webhook',
          ],
        },
      ],
    });
  });

  it('allows for the names that CloudFormation shortens', () => {
    const long = { ...names, stack: 'a-stack-with-more-than-twenty-four-letters' };
    const one = statement({ resources: ['arn:aws:iam::*:role/iam-mfa-enforcer-*'] });
    expect(policyFor([one], one.actions, long)).toMatchObject({
      Statement: [{ Resource: ['arn:aws-us-gov:iam::*:role/a-stack-with-more-than-t*'] }],
    });
  });
});

describe('the caller whose policies are simulated', () => {
  const user = 'arn:aws:iam::111122223333:user/staff/dana';
  it.each([
    [user, { kind: 'user', arn: user }],
    [
      'arn:aws-cn:iam::111122223333:user/x',
      { kind: 'user', arn: 'arn:aws-cn:iam::111122223333:user/x' },
    ],
    ['arn:aws:sts::111122223333:assumed-role/Admin/dana', { kind: 'role', name: 'Admin' }],
    ['arn:aws-us-gov:sts::111122223333:assumed-role/Ad+min/a/b', { kind: 'role', name: 'Ad+min' }],
    ['arn:aws:iam::111122223333:root', null],
    ['arn:aws:sts::111122223333:federated-user/dana', null],
    ['arn:aws:sts::111122223333:user/dana', null],
    ['arn:aws:sts::111122223333:assumed-role/Admin', null],
    ['arn:aws:sts::111122223333:assumed-role//dana', null],
    ['arn:aws:sts::1111222233334:assumed-role/Admin/dana', null],
    ['arn:aws:iam::1111222233334:user/dana', null],
    ['arn::iam::111122223333:user/dana', null],
    ['arn::sts::111122223333:assumed-role/Admin/dana', null],
    ['x-arn:aws:iam::111122223333:user/dana', null],
    ['x-arn:aws:sts::111122223333:assumed-role/Admin/dana', null],
  ])('of %s is %j', (arn, caller) => {
    expect(simulatedCaller(arn)).toEqual(caller);
  });
});
