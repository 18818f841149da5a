import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ACCOUNT, ask } from './evaluator.ts';

const text = readFileSync('infra/scp/protect-mfa-enforcer.json', 'utf8');
// The evaluator takes no partition wildcard.
const scp = JSON.parse(text.replaceAll('arn:*:', 'arn:aws:')) as object;
const everything = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

const iamArn = (rest: string) => `arn:aws:iam::${ACCOUNT}:${rest}`;
const MALLORY = iamArn('user/mallory');
const ADMIN = iamArn('role/SecurityAdmin');
const REVIEW = iamArn('role/ForceMFA-review');
const STACK_SETS = iamArn('role/stacksets-exec-0123456789abcdef');
const ENFORCER = iamArn('role/iam-mfa-enforcer-prod-OnIamChangeRole-X');

/** An administrator of an account under the SCP. */
function may(
  principal: string,
  action: string,
  resource: string,
  context: Record<string, string | string[]> = {},
) {
  return ask({
    principal,
    action,
    resource,
    context: { 'aws:PrincipalArn': principal, ...context } as Record<string, string>,
    identityPolicies: [everything],
    serviceControlPolicies: [everything, scp],
  });
}

const dana = iamArn('user/dana');
const policy = { 'iam:PolicyARN': iamArn('policy/ForceMFA') };
const acts: readonly [string, string, Record<string, string | string[]>][] = [
  ['iam:TagUser', dana, { 'aws:TagKeys': ['USERTYPE'] }],
  [
    'iam:DeleteUserPermissionsBoundary',
    dana,
    { 'iam:PermissionsBoundary': iamArn('policy/ForceMFA-boundary') },
  ],
  ['iam:CreateRole', ADMIN, {}],
  ['iam:CreateRole', STACK_SETS, {}],
  ['iam:TagRole', REVIEW, {}],
  ['iam:UpdateAssumeRolePolicy', REVIEW, {}],
  ['iam:DeleteRole', iamArn('role/ForceMFA-read'), {}],
  ['iam:DeleteRolePolicy', iamArn('role/ForceMFA-forward'), {}],
  ['events:DisableRule', `arn:aws:events:us-east-1:${ACCOUNT}:rule/ForceMFA-user-changes`, {}],
  ['iam:UpdateAssumeRolePolicy', ADMIN, {}],
  ['iam:PassRole', ENFORCER, {}],
  ['iam:PutRolePermissionsBoundary', ENFORCER, {}],
  ['iam:UpdateGroup', iamArn('group/ForceMFA'), {}],
  ['iam:AttachGroupPolicy', iamArn('group/ForceMFA'), {}],
  [
    'lambda:UpdateFunctionCode',
    `arn:aws:lambda:us-east-1:${ACCOUNT}:function:iam-mfa-enforcer-prod-on-iam-change`,
    {},
  ],
  [
    'events:PutTargets',
    `arn:aws:events:us-east-1:${ACCOUNT}:rule/iam-mfa-enforcer-prod-UserChangesRule-X`,
    {},
  ],
  [
    'sqs:RemovePermission',
    `arn:aws:sqs:us-east-1:${ACCOUNT}:iam-mfa-enforcer-prod-IamChangesQueue-X`,
    {},
  ],
  ['cloudtrail:PutEventSelectors', `arn:aws:cloudtrail:us-east-1:${ACCOUNT}:trail/main`, {}],
  ['iam:TagUser', dana, { 'aws:TagKeys': ['userType'] }],
  ['iam:TagUser', dana, { 'aws:TagKeys': ['team', 'mfa-exempt-until'] }],
  ['iam:UntagUser', dana, { 'aws:TagKeys': ['mfa-enforcer:break-glass'] }],
  ['iam:CreateUser', dana, { 'aws:TagKeys': ['userType'] }],
  ['iam:DetachUserPolicy', dana, policy],
  ['iam:AttachUserPolicy', dana, policy],
  ['iam:RemoveUserFromGroup', iamArn('group/ForceMFA'), {}],
  ['iam:PutGroupPolicy', iamArn('group/ForceMFA'), {}],
  ['iam:CreatePolicyVersion', iamArn('policy/ForceMFA'), {}],
  ['iam:SetDefaultPolicyVersion', iamArn('policy/ForceMFA-boundary'), {}],
  ['iam:PutRolePolicy', ENFORCER, {}],
  ['iam:UpdateAssumeRolePolicy', ENFORCER, {}],
  [
    'events:DisableRule',
    `arn:aws:events:us-east-1:${ACCOUNT}:rule/iam-mfa-enforcer-prod-UserChangesRule-X`,
    {},
  ],
  [
    'sqs:SetQueueAttributes',
    `arn:aws:sqs:us-east-1:${ACCOUNT}:iam-mfa-enforcer-prod-IamChangesQueue-X`,
    {},
  ],
  ['cloudtrail:StopLogging', `arn:aws:cloudtrail:us-east-1:${ACCOUNT}:trail/main`, {}],
];

describe('the sample SCP, judged by the evaluator', () => {
  it.each(acts)(
    'keeps an account’s administrator from %s on %s %j',
    async (action, resource, context) => {
      expect(await may(MALLORY, action, resource, context)).not.toBe('allowed');
      expect(await may(ADMIN, action, resource, context)).toBe('allowed');
    },
  );

  it.each([
    ['iam:DetachUserPolicy', dana, policy],
    ['iam:AttachUserPolicy', dana, policy],
    ['iam:RemoveUserFromGroup', iamArn('group/ForceMFA'), {}],
    ['iam:SetDefaultPolicyVersion', iamArn('policy/ForceMFA'), {}],
  ] as const)('lets the enforcer do its work: %s', async (action, resource, context) => {
    expect(await may(ENFORCER, action, resource, context)).toBe('allowed');
    // In an account of the organization it acts as the spoke's role.
    expect(await may(REVIEW, action, resource, context)).toBe('allowed');
  });

  it.each([
    ['iam:CreateRole', REVIEW],
    ['iam:PutRolePolicy', REVIEW],
    ['iam:CreatePolicyVersion', iamArn('policy/ForceMFA')],
    ['events:PutRule', `arn:aws:events:us-east-1:${ACCOUNT}:rule/ForceMFA-user-changes`],
    ['events:PutTargets', `arn:aws:events:us-east-1:${ACCOUNT}:rule/ForceMFA-user-changes`],
  ] as const)('lets StackSets deploy spokes: %s', async (action, resource) => {
    expect(await may(STACK_SETS, action, resource)).toBe('allowed');
  });

  it.each([
    ['iam:TagUser', dana, { 'aws:TagKeys': ['team'] }],
    ['iam:CreateUser', dana, {}],
    ['iam:DetachUserPolicy', dana, { 'iam:PolicyARN': 'arn:aws:iam::aws:policy/ReadOnlyAccess' }],
    ['iam:AddUserToGroup', iamArn('group/developers'), {}],
    ['events:DisableRule', `arn:aws:events:us-east-1:${ACCOUNT}:rule/theirs`, {}],
  ] as const)('leaves everything else alone: %s', async (action, resource, context) => {
    expect(await may(MALLORY, action, resource, context as Record<string, string>)).toBe('allowed');
  });

  it('fits an SCP: 5,120 characters', () => {
    expect(JSON.stringify(JSON.parse(text)).length).toBeLessThan(5120);
  });
});
