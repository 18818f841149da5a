import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PROBE_TAG } from '../../../events/event-path.ts';
import { type ResourceKind, tamperingCalls } from '../../../events/tampering.ts';
import { forceMfaScp } from '../../../functions/domain/rules/scp.ts';
import { actionOf } from '../../fakes/docs-table.ts';
import { ACCOUNT, ask } from './evaluator.ts';

const text = readFileSync('infra/scp/protect-mfa-enforcer.json', 'utf8');
// The evaluator accepts no partition wildcard.
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
    'denies an account’s administrator %s on %s %j',
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
  ] as const)('allows the enforcer its calls: %s', async (action, resource, context) => {
    expect(await may(ENFORCER, action, resource, context)).toBe('allowed');
    // In a spoke it acts as the spoke's role.
    expect(await may(REVIEW, action, resource, context)).toBe('allowed');
  });

  it.each([
    ['iam:CreateRole', REVIEW],
    ['iam:PutRolePolicy', REVIEW],
    ['iam:CreatePolicyVersion', iamArn('policy/ForceMFA')],
    ['events:PutRule', `arn:aws:events:us-east-1:${ACCOUNT}:rule/ForceMFA-user-changes`],
    ['events:PutTargets', `arn:aws:events:us-east-1:${ACCOUNT}:rule/ForceMFA-user-changes`],
  ] as const)('allows StackSets to deploy spokes: %s', async (action, resource) => {
    expect(await may(STACK_SETS, action, resource)).toBe('allowed');
  });

  it.each([
    ['iam:TagUser', dana, { 'aws:TagKeys': ['team'] }],
    ['iam:CreateUser', dana, {}],
    ['iam:DetachUserPolicy', dana, { 'iam:PolicyARN': 'arn:aws:iam::aws:policy/ReadOnlyAccess' }],
    ['iam:AddUserToGroup', iamArn('group/developers'), {}],
    ['events:DisableRule', `arn:aws:events:us-east-1:${ACCOUNT}:rule/theirs`, {}],
  ] as const)(
    'allows calls on resources that are not the enforcer’s: %s',
    async (action, resource, context) => {
      expect(await may(MALLORY, action, resource, context as Record<string, string>)).toBe(
        'allowed',
      );
    },
  );

  const here = (service: string, rest: string) => `arn:aws:${service}:us-east-1:${ACCOUNT}:${rest}`;
  const STACK = 'iam-mfa-enforcer-prod';
  const FUNCTION = here('lambda', `function:${STACK}-on-iam-change`);
  /** By kind: the enforcer's own resources in the hub and in a spoke, and one that is not the enforcer's. */
  const examples: Readonly<Record<ResourceKind, readonly [own: string[], others: string | null]>> =
    {
      rule: [
        [
          here('events', `rule/${STACK}-UserChangesRule-X`),
          here('events', `rule/${STACK}/${STACK}-OutcomesToSlackRule-X`),
          here('events', 'rule/ForceMFA-user-changes'),
        ],
        here('events', 'rule/theirs'),
      ],
      bus: [
        [here('events', `event-bus/${STACK}`), here('events', `event-bus/${STACK}-hub`)],
        here('events', 'event-bus/theirs'),
      ],
      queue: [[here('sqs', `${STACK}-IamChangesQueue-X`)], here('sqs', 'theirs')],
      function: [[FUNCTION], here('lambda', 'function:theirs')],
      mapping: [[here('lambda', 'event-source-mapping:3f0c')], null],
      table: [[here('dynamodb', `table/${STACK}-StateTable-X`)], here('dynamodb', 'table/theirs')],
      parameter: [
        [here('ssm', 'parameter/mfa-enforcer/slack-webhook')],
        here('ssm', 'parameter/theirs'),
      ],
      alarm: [
        [here('cloudwatch', `alarm:${STACK}-BreakerOpenAlarm-X`)],
        here('cloudwatch', 'alarm:x'),
      ],
      stack: [
        [
          here('cloudformation', `stack/${STACK}/3f0c`),
          here('cloudformation', 'stack/StackSet-mfa-enforcer-spoke-3f0c/3f0c'),
        ],
        here('cloudformation', 'stack/theirs/3f0c'),
      ],
      trail: [[here('cloudtrail', 'trail/main')], null],
      group: [[iamArn('group/ForceMFA')], iamArn('group/developers')],
      role: [[ENFORCER, REVIEW, iamArn('role/ForceMFA-report')], iamArn('role/web-server')],
    };

  it.each(tamperingCalls)(
    'denies the tampering call $id to all but the organization’s administrator',
    async (call) => {
      // The two calls on a bus's policy take no resource in a policy (Service Authorization Reference, EventBridge).
      const [own, others] =
        call.id.endsWith('Permission') && call.kind === 'bus' ? [['*'], null] : examples[call.kind];
      const ofFunction = { 'lambda:FunctionArn': FUNCTION };
      const context: Record<string, string> = call.kind === 'mapping' ? ofFunction : {};
      for (const resource of own) {
        expect(await may(MALLORY, actionOf(call), resource, context)).toBe('denied');
        expect(await may(ADMIN, actionOf(call), resource, context)).toBe('allowed');
      }
      if (others !== null) expect(await may(MALLORY, actionOf(call), others)).toBe('allowed');
    },
  );

  it('allows changes of the event source mappings of other functions', async () => {
    const context = { 'lambda:FunctionArn': here('lambda', 'function:theirs') };
    for (const action of ['lambda:UpdateEventSourceMapping', 'lambda:DeleteEventSourceMapping']) {
      const [mapping = ''] = examples.mapping[0];
      expect(await may(MALLORY, action, mapping, context)).toBe('allowed');
    }
  });

  const [[queue = ''], theirQueue] = examples.queue;
  const [[table = ''], theirTable] = examples.table;
  const [[bus = ''], theirBus] = examples.bus;

  // CloudTrail records these calls only for trails with data events.
  it.each([
    ['sqs:SendMessage', queue, theirQueue],
    ['sqs:ReceiveMessage', queue, theirQueue],
    ['sqs:DeleteMessage', queue, theirQueue],
    ['sqs:ChangeMessageVisibility', queue, theirQueue],
    ['dynamodb:PutItem', table, theirTable],
    ['dynamodb:UpdateItem', table, theirTable],
    ['dynamodb:DeleteItem', table, theirTable],
    ['dynamodb:BatchWriteItem', table, theirTable],
    ['dynamodb:PartiQLUpdate', table, theirTable],
    ['dynamodb:PutResourcePolicy', table, theirTable],
    ['events:PutEvents', bus, theirBus],
  ])(
    'denies others the calls that forge, take or rewrite messages and entries: %s',
    async (action, own, others) => {
      expect(await may(MALLORY, action, own)).toBe('denied');
      expect(await may(ADMIN, action, own)).toBe('allowed');
      expect(await may(ENFORCER, action, own)).toBe('allowed');
      expect(await may(MALLORY, action, others ?? '')).toBe('allowed');
    },
  );

  it('allows a spoke to send its events to the hub', async () => {
    const hub = `arn:aws:events:us-east-1:${ACCOUNT}:event-bus/iam-mfa-enforcer-prod-hub`;
    expect(await may(iamArn('role/ForceMFA-forward'), 'events:PutEvents', hub)).toBe('allowed');
  });

  it('allows the enforcer to probe the event path, in the hub and in a spoke', async () => {
    const tag = { 'aws:TagKeys': [PROBE_TAG] };
    for (const role of ['role/iam-mfa-enforcer-prod-NightlySweepRole-X', 'role/ForceMFA-probe']) {
      const verdict = await may(iamArn(role), 'iam:TagPolicy', iamArn('policy/ForceMFA'), tag);
      expect(verdict, role).toBe('allowed');
    }
  });

  it.each(['iam:PutUserPermissionsBoundary', 'iam:PutUserPolicy', 'iam:DeleteUserPolicy'])(
    'denies others the calls that replace a boundary or an inline deny: %s',
    async (action) => {
      const context = { 'iam:PermissionsBoundary': 'arn:aws:iam::aws:policy/AdministratorAccess' };
      expect(await may(MALLORY, action, dana, context)).toBe('denied');
      for (const one of [ADMIN, ENFORCER, REVIEW]) {
        expect(await may(one, action, dana, context)).toBe('allowed');
      }
    },
  );

  it('fits an SCP: 5,120 characters', () => {
    expect(JSON.stringify(JSON.parse(text)).length).toBeLessThanOrEqual(5120);
  });
});

describe('the SCP that denies what ForceMFA denies, judged by the evaluator', () => {
  const exempting = forceMfaScp('aws', {
    enrolWith: 'console',
    exemptTags: [{ key: 'userType', value: 'Service' }],
    exemptUsers: ['BedrockAPIKey-*', '/machines/*'],
  });
  const key = { 'aws:ViaAWSService': 'false' };
  const tag = (name: string, value: string) => ({ [`aws:PrincipalTag/${name}`]: value });

  // The matrix of force-mfa.test.ts has every action and session of users who are not exempt.
  it.each([
    ['a user', 'user/dana', {}, 'denied'],
    ['a user with another value of the tag', 'user/dana', tag('userType', 'Human'), 'denied'],
    ['a user with another tag', 'user/dana', tag('team', 'Service'), 'denied'],
    ['a user with the exempt tag', 'user/robot', tag('userType', 'Service'), 'allowed'],
    [
      'a user with the exempt tag in other case',
      'user/robot',
      tag('userType', 'SERVICE'),
      'allowed',
    ],
    ['a break-glass user', 'user/dana', tag('mfa-enforcer:break-glass', 'true'), 'allowed'],
    [
      'a user whose break-glass tag says no',
      'user/dana',
      tag('mfa-enforcer:break-glass', 'no'),
      'denied',
    ],
    ['a user with an exempt name', 'user/BedrockAPIKey-x1', {}, 'allowed'],
    ['a user with an exempt name and a path', 'user/a/b/BedrockAPIKey-x1', {}, 'allowed'],
    ['a user with an exempt path', 'user/machines/build', {}, 'allowed'],
    ['a user with a path that only ends like it', 'user/team/machines/build', {}, 'denied'],
    [
      'a user in a session with MFA',
      'user/dana',
      { 'aws:MultiFactorAuthPresent': 'true' },
      'allowed',
    ],
    ['a role', 'role/web-server', {}, 'allowed'],
    ['the enforcer', 'role/ForceMFA-review', {}, 'allowed'],
  ] as const)('%s (%s): %j', async (_, rest, context, verdict) => {
    const principal = iamArn(rest);
    const asked = await ask({
      principal,
      action: 's3:ListAllMyBuckets',
      resource: '*',
      context: { 'aws:PrincipalArn': principal, ...key, ...context },
      identityPolicies: [everything],
      serviceControlPolicies: [everything, exempting],
    });
    expect(asked).toBe(verdict);
  });
});
