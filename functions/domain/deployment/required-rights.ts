/** What a function's role must allow. */
export interface RequiredRights {
  /** The file in functions/ whose io functions declare the rights: a test compares the two. */
  readonly entryPoint: string;
  /** Logical ids. */
  readonly functionId: string;
  readonly roleId: string;
  readonly rights: readonly string[];
  /** By the parameter that chooses them: wherever it says anything but no. */
  readonly chosen: Readonly<Record<string, readonly string[]>>;
}

/** The rights that this release's functions need of their roles. */
export const requiredRights: readonly RequiredRights[] = [
  {
    entryPoint: 'on-iam-change',
    functionId: 'OnIamChangeLambdaFunction',
    roleId: 'OnIamChangeRole',
    rights: [
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'events:PutEvents',
      'iam:AddUserToGroup',
      'iam:AttachUserPolicy',
      'iam:DeleteUserPermissionsBoundary',
      'iam:DetachUserPolicy',
      'iam:GetAccountSummary',
      'iam:GetGroup',
      'iam:GetLoginProfile',
      'iam:GetPolicy',
      'iam:GetPolicyVersion',
      'iam:GetUser',
      'iam:GetUserPolicy',
      'iam:ListAccountAliases',
      'iam:ListAttachedUserPolicies',
      'iam:ListEntitiesForPolicy',
      'iam:ListGroupsForUser',
      'iam:ListMFADevices',
      'iam:ListPolicyVersions',
      'iam:ListUserPolicies',
      'iam:RemoveUserFromGroup',
      'iam:SetDefaultPolicyVersion',
      'iam:SimulatePrincipalPolicy',
      'sqs:SendMessage',
    ],
    chosen: {
      BoundaryDeny: ['iam:PutUserPermissionsBoundary'],
      InlineDeny: ['iam:DeleteUserPolicy', 'iam:PutUserPolicy'],
      OrphanDevices: ['iam:DeleteVirtualMFADevice'],
      OrganizationId: ['sts:AssumeRole'],
    },
  },
  {
    entryPoint: 'nightly-sweep',
    functionId: 'NightlySweepLambdaFunction',
    roleId: 'NightlySweepRole',
    rights: [
      'dynamodb:BatchGetItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'events:PutEvents',
      'iam:GenerateCredentialReport',
      'iam:GetAccountAuthorizationDetails',
      'iam:GetAccountSummary',
      'iam:GetCredentialReport',
      'iam:GetGroup',
      'iam:GetGroupPolicy',
      'iam:GetLoginProfile',
      'iam:GetPolicy',
      'iam:GetPolicyVersion',
      'iam:GetUser',
      'iam:GetUserPolicy',
      'iam:ListAccountAliases',
      'iam:ListAttachedUserPolicies',
      'iam:ListEntitiesForPolicy',
      'iam:ListGroupsForUser',
      'iam:ListMFADevices',
      'iam:ListVirtualMFADevices',
      'iam:TagPolicy',
      'sqs:SendMessage',
    ],
    chosen: {
      OrganizationId: [
        'dynamodb:BatchGetItem',
        'dynamodb:GetItem',
        'organizations:ListAccounts',
        'sts:AssumeRole',
      ],
    },
  },
  {
    entryPoint: 'notify-slack',
    functionId: 'NotifySlackLambdaFunction',
    roleId: 'NotifySlackRole',
    rights: [
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'kms:Decrypt',
      'sqs:ChangeMessageVisibility',
      'sqs:SendMessage',
      'ssm:GetParameter',
    ],
    chosen: {},
  },
  {
    entryPoint: 'notify-user',
    functionId: 'NotifyUserLambdaFunction',
    roleId: 'NotifyUserRole',
    rights: [
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'sqs:ChangeMessageVisibility',
      'sqs:SendMessage',
      'ssm:GetParameter',
    ],
    chosen: { NotifyUsers: ['ses:SendEmail'] },
  },
];

/**
 * The rights that a function needs where it was deployed with these parameters.
 * @param parameters of the stack, by name
 */
export function rightsOf(
  { rights, chosen }: RequiredRights,
  parameters: Readonly<Record<string, string>>,
): string[] {
  const isChosen = (parameter: string) =>
    !['', 'no', 'report'].includes(parameters[parameter] ?? '');
  const also = Object.entries(chosen).filter(([parameter]) => isChosen(parameter));
  return [...rights, ...also.flatMap(([, actions]) => actions)];
}
