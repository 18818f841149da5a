import { describe, expect, it } from 'vitest';
import { deployedHub, HUB } from '../../fakes/deployed.ts';
import { statementsOf, template } from '../../fakes/template.ts';
import { ACCOUNT, actionsOf, ask } from './evaluator.ts';

const iamArn = (rest: string) => `arn:aws:iam::${ACCOUNT}:${rest}`;

/** The template's statements as CloudFormation would deploy them. */
function deployed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(deployed);
  if (typeof value !== 'object' || value === null) return value;
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Sub': text } = value as Record<string, unknown>;
  if (typeof text === 'string') {
    return text
      .replaceAll('${AWS::Partition}', 'aws')
      .replaceAll('${AWS::AccountId}', ACCOUNT)
      .replaceAll('${AWS::Region}', 'us-east-1')
      .replaceAll('${PolicyName}', 'ForceMFA')
      .replaceAll('${SlackWebhookParameter}', '/webhook')
      .replaceAll(/\$\{[^}]+\}/g, 'x');
  }
  const id = String(Ref ?? (attribute as string[] | undefined)?.[0] ?? '');
  if (Ref !== undefined || attribute !== undefined) {
    return `arn:aws:sqs:us-east-1:${ACCOUNT}:${id}`;
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, deployed(inner)]));
}

/** A role's own statements, and those of the policy that the deployment's parameters add by default. */
function policyOf(roleId: string): object {
  const chosen = roleId === 'OnIamChangeRole' ? statementsOf('OnIamChangeBoundaryDeny') : [];
  return {
    Version: '2012-10-17',
    Statement: deployed([...statementsOf(roleId), ...chosen]),
  };
}

const roles = [
  'OnIamChangeRole',
  'NightlySweepRole',
  'NotifySlackRole',
  'NotifyUserRole',
  'ReportRole',
];
const principal = iamArn('role/enforcer');

function may(
  roleId: string,
  action: string,
  resource: string,
  context: Record<string, string> = {},
) {
  return ask({ principal, action, resource, context, identityPolicies: [policyOf(roleId)] });
}

/** The resources and contexts that an attacker with a stolen role would try with every IAM write action. */
const attempts: readonly Record<string, string>[] = [
  {},
  { 'iam:PolicyARN': 'arn:aws:iam::aws:policy/AdministratorAccess' },
  { 'iam:PermissionsBoundary': 'arn:aws:iam::aws:policy/AdministratorAccess' },
  {
    'iam:PolicyARN': iamArn('policy/ForceMFA-evil'),
    'iam:PermissionsBoundary': iamArn('policy/x'),
  },
];

describe('a stolen role, judged by an independent evaluator', () => {
  it.each(roles)(
    'writes nothing in IAM but what is pinned to our own resources: %s',
    async (roleId) => {
      const allowed: string[] = [];
      for (const { action, resources } of await actionsOf('iam')) {
        if (/^iam:(Get|List|Generate|Simulate)/.test(action)) continue;
        for (const resource of resources) {
          for (const context of attempts) {
            if ((await may(roleId, action, resource, context)) === 'allowed')
              allowed.push(`${action} on ${resource}`);
          }
        }
      }
      expect(allowed).toEqual([]);
    },
    60_000,
  );

  it('of the enforcer blocks and unblocks by policy, group and boundary', async () => {
    const user = iamArn('user/staff/dana');
    const policy = { 'iam:PolicyARN': iamArn('policy/ForceMFA') };
    const boundary = { 'iam:PermissionsBoundary': iamArn('policy/ForceMFA-boundary') };
    const group = iamArn('group/ForceMFA');
    expect([
      await may('OnIamChangeRole', 'iam:AttachUserPolicy', user, policy),
      await may('OnIamChangeRole', 'iam:DetachUserPolicy', user, policy),
      await may('OnIamChangeRole', 'iam:AddUserToGroup', group),
      await may('OnIamChangeRole', 'iam:RemoveUserFromGroup', group),
      await may('OnIamChangeRole', 'iam:PutUserPermissionsBoundary', user, boundary),
      await may('OnIamChangeRole', 'iam:DeleteUserPermissionsBoundary', user, boundary),
    ]).toEqual(Array(6).fill('allowed'));
  });

  it('of an enforcer deployed with BoundaryDeny=no sets no boundary, but removes ours', async () => {
    const user = iamArn('user/staff/dana');
    const context = { 'iam:PermissionsBoundary': iamArn('policy/ForceMFA-boundary') };
    const identityPolicies = [
      { Version: '2012-10-17', Statement: deployed(statementsOf('OnIamChangeRole')) },
    ];
    const verdict = (action: string) =>
      ask({ principal, action, resource: user, context, identityPolicies });
    expect(await verdict('iam:PutUserPermissionsBoundary')).not.toBe('allowed');
    expect(await verdict('iam:DeleteUserPermissionsBoundary')).toBe('allowed');
    const another = { 'iam:PermissionsBoundary': iamArn('policy/developers') };
    expect(
      await may('OnIamChangeRole', 'iam:DeleteUserPermissionsBoundary', user, another),
    ).not.toBe('allowed');
  });

  it.each(['true', 'True', 'TRUE'])(
    'of the enforcer cannot block a user tagged break-glass=%s, but can unblock one',
    async (value) => {
      const user = iamArn('user/fire');
      const tag = { 'aws:ResourceTag/mfa-enforcer:break-glass': value };
      const policy = { 'iam:PolicyARN': iamArn('policy/ForceMFA'), ...tag };
      const boundary = { 'iam:PermissionsBoundary': iamArn('policy/ForceMFA-boundary'), ...tag };
      expect(await may('OnIamChangeRole', 'iam:AttachUserPolicy', user, policy)).toBe('denied');
      expect(await may('OnIamChangeRole', 'iam:PutUserPermissionsBoundary', user, boundary)).toBe(
        'denied',
      );
      expect(await may('OnIamChangeRole', 'iam:DetachUserPolicy', user, policy)).toBe('allowed');
    },
  );

  // IAM evaluates AddUserToGroup on the group: functions/pipeline/review/block-user.ts reads the user's tags before the call.
  it('can add a user tagged break-glass to the group: the Deny sees only the group’s tags', async () => {
    const group = iamArn('group/ForceMFA');
    expect(await may('OnIamChangeRole', 'iam:AddUserToGroup', group)).toBe('allowed');
  });

  it.each(roles)('has only its own few calls in other services: %s', async (roleId) => {
    for (const action of [
      'sts:AssumeRole',
      's3:GetObject',
      'lambda:UpdateFunctionCode',
      'organizations:LeaveOrganization',
    ]) {
      const { resources = ['*'] } =
        (await actionsOf(action.split(':')[0] ?? '')).find((one) => one.action === action) ?? {};
      expect(await may(roleId, action, resources[0] ?? '*')).not.toBe('allowed');
    }
    expect(template().Resources[roleId]?.Properties).not.toHaveProperty('ManagedPolicyArns');
  });

  it('of the enforcer sends messages to its own queue and to the queue of sweeps only', async () => {
    const queues = Object.entries(template().Resources).flatMap(([id, { Type }]) =>
      Type === 'AWS::SQS::Queue' ? [id] : [],
    );
    const verdicts = queues.map(async (id) => {
      const resource = `arn:aws:sqs:us-east-1:${ACCOUNT}:${id}`;
      const verdict = await may('OnIamChangeRole', 'sqs:SendMessage', resource);
      return verdict === 'allowed' ? [id] : [];
    });
    expect((await Promise.all(verdicts)).flat()).toEqual(['IamChangesQueue', 'SweepsQueue']);
  });

  it('of notify-user sends from the deployment’s address only, by its own identities', async () => {
    const hub = deployedHub({ NotifyUsers: 'email', NotifyFrom: 'aws@example.com' });
    const policy = hub.propertiesOf('NotifyUserSend').PolicyDocument as object;
    const verdict = (identity: string, from: string, action = 'ses:SendEmail') =>
      ask({
        principal,
        action,
        resource: `arn:aws:ses:us-east-1:${HUB}:identity/${identity}`,
        context: { 'ses:FromAddress': from },
        identityPolicies: [policy],
      });
    for (const identity of ['aws@example.com', 'example.com']) {
      expect(await verdict(identity, 'aws@example.com'), identity).toBe('allowed');
      expect(await verdict(identity, 'ceo@example.com'), identity).not.toBe('allowed');
      expect(await verdict(identity, 'aws@example.com', 'ses:SendRawEmail')).not.toBe('allowed');
    }
    for (const identity of ['other.example', 'ceo@example.com', 'com']) {
      expect(await verdict(identity, 'aws@example.com'), identity).not.toBe('allowed');
    }
  });

  it('of notify-slack decrypts only the webhook, under a key of the account, through Parameter Store', async () => {
    const key = `arn:aws:kms:us-east-1:${ACCOUNT}:key/11111111-2222-3333-4444-555555555555`;
    // The evaluator knows no keys of an encryption context: a tag of the principal stands for the parameter's.
    const parameter = 'aws:PrincipalTag/PARAMETER_ARN';
    const policy = JSON.stringify(policyOf('NotifySlackRole'));
    expect(policy).toContain('"kms:EncryptionContext:PARAMETER_ARN"');
    const judged = policy.replace('kms:EncryptionContext:PARAMETER_ARN', parameter);
    const context: Record<string, string> = {
      'kms:ViaService': 'ssm.us-east-1.amazonaws.com',
      [parameter]: `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/webhook`,
    };
    // The default key policy, which leaves access to IAM (KMS Developer Guide).
    const Principal = { AWS: iamArn('root') };
    const byDefault = { Effect: 'Allow', Principal, Action: 'kms:*', Resource: '*' };
    const verdict = (change: Record<string, string>, action = 'kms:Decrypt', known = context) =>
      ask({
        principal,
        action,
        resource: key,
        context: { ...known, ...change },
        identityPolicies: [JSON.parse(judged) as object],
        resourcePolicy: { Version: '2012-10-17', Statement: [byDefault] },
      });
    expect(await verdict({})).toBe('allowed');
    for (const change of [
      { 'kms:ViaService': 's3.us-east-1.amazonaws.com' },
      { 'kms:ViaService': 'ssm.eu-west-1.amazonaws.com' },
      { [parameter]: `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/other` },
    ]) {
      expect(await verdict(change)).not.toBe('allowed');
    }
    expect(await verdict({}, 'kms:Decrypt', {})).not.toBe('allowed');
    expect(await verdict({}, 'kms:Encrypt')).not.toBe('allowed');
  });

  it.each([
    ['OnIamChangeOrganization', 'ForceMFA-review'],
    ['NightlySweepOrganization', 'ForceMFA-read'],
    ['ReportRole', 'ForceMFA-read'],
  ])('of an organization’s hub assumes only its own role in the spokes: %s', async (id, own) => {
    const identityPolicies = [{ Version: '2012-10-17', Statement: deployed(statementsOf(id)) }];
    const verdict = (resource: string) =>
      ask({
        principal,
        action: 'sts:AssumeRole',
        resource,
        context: {},
        identityPolicies,
        resourceAccount: '444455556666',
        resourcePolicy: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { AWS: principal }, Action: 'sts:AssumeRole' }],
        },
      });
    for (const name of ['ForceMFA-review', 'ForceMFA-read', 'ForceMFA-forward', 'Admin']) {
      const verdictOf = await verdict(`arn:aws:iam::444455556666:role/${name}`);
      expect(verdictOf === 'allowed', name).toBe(name === own);
    }
  });
});
