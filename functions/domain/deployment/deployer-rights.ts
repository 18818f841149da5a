/** Commands that change a deployment with the caller's rights. */
export type DeployerCommand = 'deploy' | 'remove';

/** The rights of a command's own calls. A test compares them with those that io functions declare. */
export const ownRights: Readonly<Record<DeployerCommand, readonly string[]>> = {
  deploy: [
    'cloudformation:CreateChangeSet',
    'cloudformation:DeleteChangeSet',
    'cloudformation:DeleteStack',
    'cloudformation:DescribeChangeSet',
    'cloudformation:DescribeStackEvents',
    'cloudformation:DescribeStacks',
    'cloudformation:ExecuteChangeSet',
    'cloudtrail:DescribeTrails',
    'cloudtrail:GetEventSelectors',
    'cloudtrail:GetTrailStatus',
    'iam:GetAccessKeyLastUsed',
    'iam:GetAccountAuthorizationDetails',
    'iam:GetAccountSummary',
    'iam:GetGroup',
    'iam:GetLoginProfile',
    'iam:GetUser',
    'iam:GetUserPolicy',
    'iam:ListAccessKeys',
    'iam:ListAttachedUserPolicies',
    'iam:ListEntitiesForPolicy',
    'iam:ListGroupsForUser',
    'iam:ListMFADevices',
    'iam:ListVirtualMFADevices',
    's3:CreateBucket',
    's3:ListBucket',
    's3:PutObject',
    'ssm:DescribeParameters',
    'ssm:PutParameter',
  ],
  remove: [
    'cloudformation:DeleteStack',
    'cloudformation:DescribeStackEvents',
    'cloudformation:DescribeStacks',
    'cloudformation:ListStackResources',
    'events:DisableRule',
    'iam:DeleteUserPermissionsBoundary',
    'iam:DeleteUserPolicy',
    'iam:DetachUserPolicy',
    'iam:GetAccountAuthorizationDetails',
    'iam:GetAccountSummary',
    'iam:GetPolicy',
    'iam:GetUser',
    'iam:ListVirtualMFADevices',
    'iam:RemoveUserFromGroup',
    'lambda:GetEventSourceMapping',
    'lambda:UpdateEventSourceMapping',
    's3:DeleteBucket',
    's3:DeleteObject',
    's3:ListBucket',
    'ssm:DescribeParameters',
  ],
};

/** The rights of the calls that the removal of a hub makes in addition: it unblocks everyone in the organization first. */
export const hubRemovalRights: readonly string[] = [
  'cloudformation:CreateChangeSet',
  'cloudformation:DeleteChangeSet',
  'cloudformation:DescribeChangeSet',
  'cloudformation:ExecuteChangeSet',
  'dynamodb:BatchGetItem',
  'lambda:InvokeFunction',
  'organizations:DescribeOrganization',
  'organizations:ListAccounts',
  'organizations:ListAccountsForParent',
  'organizations:ListOrganizationalUnitsForParent',
  'organizations:ListRoots',
];

/** The rights that CloudFormation uses for a type of resource, with the caller's credentials. */
interface ResourceRights {
  /** To create, read and update a resource. */
  readonly change: readonly string[];
  readonly remove: readonly string[];
}

/**
 * By type, the permissions of the handlers in the type's schema (CloudFormation User Guide, "Resource type schema"), without
 * those for properties that the template does not set. A test compares the two.
 */
export const resourceRights: Readonly<Record<string, ResourceRights>> = {
  'AWS::CloudWatch::Alarm': {
    change: [
      'cloudwatch:DescribeAlarms',
      'cloudwatch:ListTagsForResource',
      'cloudwatch:PutMetricAlarm',
      'cloudwatch:TagResource',
    ],
    remove: ['cloudwatch:DeleteAlarms', 'cloudwatch:DescribeAlarms'],
  },
  'AWS::CloudWatch::Dashboard': {
    change: ['cloudwatch:GetDashboard', 'cloudwatch:PutDashboard'],
    remove: ['cloudwatch:DeleteDashboards', 'cloudwatch:GetDashboard'],
  },
  // DeletionPolicy is Retain.
  'AWS::DynamoDB::Table': {
    change: [
      'dynamodb:CreateTable',
      'dynamodb:DescribeContinuousBackups',
      'dynamodb:DescribeContributorInsights',
      'dynamodb:DescribeKinesisStreamingDestination',
      'dynamodb:DescribeTable',
      'dynamodb:DescribeTimeToLive',
      'dynamodb:GetResourcePolicy',
      'dynamodb:ListTagsOfResource',
      'dynamodb:TagResource',
      'dynamodb:UpdateContinuousBackups',
      'dynamodb:UpdateTable',
      'dynamodb:UpdateTimeToLive',
    ],
    remove: [],
  },
  'AWS::Events::EventBus': {
    change: [
      'events:CreateEventBus',
      'events:DescribeEventBus',
      'events:ListTagsForResource',
      'events:TagResource',
      'events:UntagResource',
      'events:UpdateEventBus',
    ],
    remove: [
      'events:DeleteEventBus',
      'events:DescribeEventBus',
      'events:ListTagsForResource',
      'events:UntagResource',
      'events:UpdateEventBus',
    ],
  },
  'AWS::Events::EventBusPolicy': {
    change: ['events:DescribeEventBus', 'events:PutPermission'],
    remove: ['events:DescribeEventBus', 'events:RemovePermission'],
  },
  'AWS::Events::Rule': {
    change: [
      'events:DescribeRule',
      'events:ListTargetsByRule',
      'events:PutRule',
      'events:PutTargets',
      'events:RemoveTargets',
    ],
    remove: [
      'events:DeleteRule',
      'events:DescribeRule',
      'events:ListTargetsByRule',
      'events:RemoveTargets',
    ],
  },
  'AWS::IAM::Group': {
    change: [
      'iam:CreateGroup',
      'iam:DeleteGroupPolicy',
      'iam:GetGroup',
      'iam:GetGroupPolicy',
      'iam:ListAttachedGroupPolicies',
      'iam:ListGroupPolicies',
      'iam:PutGroupPolicy',
    ],
    remove: [
      'iam:DeleteGroup',
      'iam:DeleteGroupPolicy',
      'iam:GetGroup',
      'iam:GetGroupPolicy',
      'iam:ListAttachedGroupPolicies',
      'iam:ListGroupPolicies',
    ],
  },
  'AWS::IAM::ManagedPolicy': {
    change: [
      'iam:CreatePolicy',
      'iam:CreatePolicyVersion',
      'iam:DeletePolicyVersion',
      'iam:GetPolicy',
      'iam:GetPolicyVersion',
      'iam:ListEntitiesForPolicy',
      'iam:ListPolicyVersions',
    ],
    remove: [
      'iam:DeletePolicy',
      'iam:DeletePolicyVersion',
      'iam:GetPolicy',
      'iam:ListEntitiesForPolicy',
      'iam:ListPolicyVersions',
    ],
  },
  'AWS::IAM::Role': {
    change: [
      'iam:CreateRole',
      'iam:DeleteRolePolicy',
      'iam:GetRole',
      'iam:GetRolePolicy',
      'iam:ListAttachedRolePolicies',
      'iam:ListRolePolicies',
      'iam:PutRolePolicy',
      'iam:UpdateAssumeRolePolicy',
      'iam:UpdateRole',
      'iam:UpdateRoleDescription',
    ],
    remove: [
      'iam:DeleteRole',
      'iam:DeleteRolePolicy',
      'iam:GetRole',
      'iam:ListAttachedRolePolicies',
      'iam:ListRolePolicies',
    ],
  },
  'AWS::IAM::RolePolicy': {
    change: ['iam:GetRolePolicy', 'iam:PutRolePolicy'],
    remove: ['iam:DeleteRolePolicy', 'iam:GetRolePolicy'],
  },
  'AWS::Lambda::EventInvokeConfig': {
    change: [
      'lambda:GetFunctionEventInvokeConfig',
      'lambda:PutFunctionEventInvokeConfig',
      'lambda:UpdateFunctionEventInvokeConfig',
    ],
    remove: ['lambda:DeleteFunctionEventInvokeConfig'],
  },
  'AWS::Lambda::EventSourceMapping': {
    change: [
      'lambda:CreateEventSourceMapping',
      'lambda:GetEventSourceMapping',
      'lambda:ListTags',
      'lambda:TagResource',
      'lambda:UpdateEventSourceMapping',
    ],
    remove: ['lambda:DeleteEventSourceMapping', 'lambda:GetEventSourceMapping'],
  },
  'AWS::Lambda::Function': {
    change: [
      'iam:PassRole',
      'lambda:CreateFunction',
      'lambda:GetFunction',
      'lambda:GetFunctionCodeSigningConfig',
      'lambda:GetRuntimeManagementConfig',
      'lambda:ListTags',
      'lambda:TagResource',
      'lambda:UpdateFunctionCode',
      'lambda:UpdateFunctionConfiguration',
      's3:GetObject',
    ],
    remove: ['lambda:DeleteFunction', 'lambda:GetFunction'],
  },
  'AWS::Lambda::Permission': {
    change: ['lambda:AddPermission', 'lambda:GetPolicy'],
    remove: ['lambda:RemovePermission'],
  },
  'AWS::Logs::LogGroup': {
    change: [
      'logs:CreateLogGroup',
      'logs:DescribeLogGroups',
      'logs:GetDataProtectionPolicy',
      'logs:ListTagsForResource',
      'logs:PutRetentionPolicy',
      'logs:TagResource',
    ],
    remove: ['logs:DeleteLogGroup', 'logs:DescribeLogGroups'],
  },
  'AWS::SQS::Queue': {
    change: [
      'sqs:CreateQueue',
      'sqs:GetQueueAttributes',
      'sqs:GetQueueUrl',
      'sqs:ListQueueTags',
      'sqs:SetQueueAttributes',
      'sqs:TagQueue',
    ],
    remove: ['sqs:DeleteQueue', 'sqs:GetQueueAttributes'],
  },
  'AWS::SQS::QueuePolicy': {
    change: ['sqs:SetQueueAttributes'],
    remove: ['sqs:SetQueueAttributes'],
  },
};
