import { forwardRole, reviewRole } from '../accounts/spoke.ts';
import { BREAK_GLASS, UNTIL_KEY } from '../rules/exemption.ts';
import type { PolicyDocument, PolicyStatement } from '../rules/force-mfa.ts';

/** What the protecting SCP names. */
export interface ProtectedNames {
  /** The hub's stack: CloudFormation's names of its resources begin with its name. */
  readonly stack: string;
  readonly policyName: string;
  /** The keys of the tags that exempt. */
  readonly exemptKeys: readonly string[];
  /** SSM parameter with the Slack webhook, with its first slash; may end with "*". */
  readonly parameters: readonly string[];
  /** Who may do everything: patterns of principals, as in role/SecurityAdmin. */
  readonly admins: readonly string[];
  readonly boundaryDeny: boolean;
  readonly inlineDeny: boolean;
}

/** CloudFormation's role in a spoke of a service-managed stack set, and the prefix of its stacks. */
const STACK_SETS = { role: 'stacksets-exec-*', stack: 'StackSet-mfa-enforcer-*' };

/** IAM's tampering calls, and those that put a user into the deny group or take one out, or pass a role. */
const IAM_TAMPERING = [
  'iam:AddUserToGroup',
  'iam:AttachGroupPolicy',
  'iam:AttachRolePolicy',
  'iam:CreatePolicyVersion',
  'iam:CreateRole',
  'iam:DeleteGroup',
  'iam:DeleteGroupPolicy',
  'iam:DeletePolicy',
  'iam:DeletePolicyVersion',
  'iam:DeleteRole',
  'iam:DeleteRolePermissionsBoundary',
  'iam:DeleteRolePolicy',
  'iam:DetachGroupPolicy',
  'iam:DetachRolePolicy',
  'iam:PassRole',
  'iam:PutGroupPolicy',
  'iam:PutRolePermissionsBoundary',
  'iam:PutRolePolicy',
  'iam:RemoveUserFromGroup',
  'iam:SetDefaultPolicyVersion',
  'iam:TagRole',
  'iam:UntagRole',
  'iam:UpdateAssumeRolePolicy',
  'iam:UpdateGroup',
];

/** The tampering calls of the other services. */
const TAMPERING = [
  'cloudformation:CreateChangeSet',
  'cloudformation:DeleteStack',
  'cloudformation:ExecuteChangeSet',
  'cloudformation:SetStackPolicy',
  'cloudformation:UpdateStack',
  'cloudformation:UpdateTerminationProtection',
  'cloudtrail:DeleteTrail',
  'cloudtrail:PutEventSelectors',
  'cloudtrail:StopLogging',
  'cloudtrail:UpdateTrail',
  'cloudwatch:DeleteAlarms',
  'cloudwatch:DisableAlarmActions',
  'cloudwatch:PutMetricAlarm',
  'dynamodb:DeleteTable',
  'dynamodb:UpdateTable',
  'events:DeleteEventBus',
  'events:DeleteRule',
  'events:DisableRule',
  'events:PutRule',
  'events:PutTargets',
  'events:RemoveTargets',
  'events:UpdateEventBus',
  'lambda:AddPermission',
  'lambda:DeleteFunction',
  'lambda:PutFunctionConcurrency',
  'lambda:RemovePermission',
  'lambda:UpdateFunctionCode',
  'lambda:UpdateFunctionConfiguration',
  'sqs:AddPermission',
  'sqs:DeleteQueue',
  'sqs:PurgeQueue',
  'sqs:RemovePermission',
  'sqs:SetQueueAttributes',
  'ssm:DeleteParameter',
  'ssm:DeleteParameters',
  'ssm:PutParameter',
];

/** CloudTrail records these only for trails with data events, so no event would report them. */
const DATA_CALLS = [
  'dynamodb:BatchWriteItem',
  'dynamodb:DeleteItem',
  'dynamodb:PartiQL*',
  'dynamodb:PutItem',
  'dynamodb:PutResourcePolicy',
  'dynamodb:UpdateItem',
  'events:PutEvents',
  'sqs:ChangeMessageVisibility',
  'sqs:DeleteMessage',
  'sqs:ReceiveMessage',
  'sqs:SendMessage',
];

/**
 * The SCP that protects the enforcer in the hub's and the spokes' accounts: the tampering calls (events/tampering.ts), the
 * exempting tags, the blocks, and the messages. It is the same in every partition. SCPs do not reach the management account.
 * Some actions cannot be restricted to the enforcer's resources, or to users whom it blocks: their statement says "*".
 */
export function protectingScp(names: ProtectedNames): PolicyDocument {
  const { stack, policyName } = names;
  const iam = (...rests: string[]) => rests.map((rest) => `arn:*:iam::*:${rest}`);
  const regional = (...rests: string[]) => rests.map((rest) => `arn:*:${rest}`);
  const admins = iam(...names.admins);
  const hub = iam(`role/${stack}-*`);
  const review = iam(`role/${reviewRole(policyName)}`);
  const stackSets = iam(`role/${STACK_SETS.role}`);
  const policy = iam(`policy/${policyName}`);
  const boundary = iam(`policy/${policyName}-boundary`);

  const exceptFor = (...principals: string[]): NonNullable<PolicyStatement['Condition']> => ({
    ArnNotLike: { 'aws:PrincipalArn': principals },
  });
  const enforcer = exceptFor(...admins, ...hub, ...review);
  const deny = (
    Sid: string,
    Action: readonly string[],
    Resource: string | readonly string[],
    Condition: PolicyStatement['Condition'] & object,
  ): PolicyStatement => ({ Sid, Effect: 'Deny', Action, Resource, Condition });

  return {
    Version: '2012-10-17',
    Statement: [
      deny('ExemptingTagsAreReserved', ['iam:CreateUser', 'iam:TagUser', 'iam:UntagUser'], '*', {
        'ForAnyValue:StringEqualsIgnoreCase': {
          'aws:TagKeys': [...new Set([...names.exemptKeys, UNTIL_KEY, BREAK_GLASS.key])],
        },
        ...exceptFor(...admins),
      }),
      deny('BlocksAreTheEnforcers', ['iam:AttachUserPolicy', 'iam:DetachUserPolicy'], '*', {
        ArnLike: { 'iam:PolicyARN': policy },
        ...enforcer,
      }),
      ...(names.boundaryDeny
        ? [
            deny('BoundariesAreTheEnforcers', ['iam:DeleteUserPermissionsBoundary'], '*', {
              ArnLike: { 'iam:PermissionsBoundary': boundary },
              ...enforcer,
            }),
          ]
        : []),
      deny(
        'BlocksAndBusPoliciesStay',
        [
          'events:PutPermission',
          'events:RemovePermission',
          ...(names.inlineDeny ? ['iam:DeleteUserPolicy'] : []),
          ...(names.boundaryDeny ? ['iam:PutUserPermissionsBoundary'] : []),
          ...(names.inlineDeny ? ['iam:PutUserPolicy'] : []),
        ],
        '*',
        enforcer,
      ),
      deny(
        'PoliciesGroupAndRolesStayAsDeployed',
        IAM_TAMPERING,
        [
          ...policy,
          ...boundary,
          ...iam(`group/${policyName}`),
          ...hub,
          ...iam(`role/${policyName}-*`),
          ...stackSets,
          ...admins,
        ],
        exceptFor(...admins, ...hub, ...review, ...stackSets),
      ),
      deny(
        'TheEnforcerKeepsItsEyes',
        TAMPERING,
        regional(
          `cloudformation:*:*:stack/${stack}*`,
          `cloudformation:*:*:stack/${STACK_SETS.stack}`,
          'cloudtrail:*:*:trail/*',
          `cloudwatch:*:*:alarm:${stack}-*`,
          `dynamodb:*:*:table/${stack}-*`,
          `events:*:*:event-bus/${stack}*`,
          `events:*:*:rule/${stack}-*`,
          `events:*:*:rule/${policyName}-*`,
          `lambda:*:*:function:${stack}-*`,
          `sqs:*:*:${stack}-*`,
          ...names.parameters.map((name) => `ssm:*:*:parameter${name}`),
        ),
        exceptFor(...admins, ...stackSets),
      ),
      deny(
        'QueuesStayLinkedToFunctions',
        ['lambda:DeleteEventSourceMapping', 'lambda:UpdateEventSourceMapping'],
        '*',
        {
          ArnLike: { 'lambda:FunctionArn': regional(`lambda:*:*:function:${stack}-*`) },
          ...exceptFor(...admins),
        },
      ),
      deny(
        'NobodyForgesOrTakesMessages',
        DATA_CALLS,
        regional(
          `dynamodb:*:*:table/${stack}-*`,
          `events:*:*:event-bus/${stack}*`,
          `sqs:*:*:${stack}-*`,
        ),
        exceptFor(...admins, ...hub, ...iam(`role/${forwardRole(policyName)}`)),
      ),
    ],
  };
}
