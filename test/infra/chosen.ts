/** What a deployment chooses, in policies of their own: the parameter, its default, the policy and its actions. */
export const CHOSEN = [
  ['BoundaryDeny', 'yes', 'OnIamChangeBoundaryDeny', ['iam:PutUserPermissionsBoundary']],
  ['InlineDeny', 'no', 'OnIamChangeInlineDeny', ['iam:DeleteUserPolicy', 'iam:PutUserPolicy']],
  ['OrganizationId', '', 'OnIamChangeOrganization', ['sts:AssumeRole']],
  [
    'OrganizationId',
    '',
    'NightlySweepOrganization',
    ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'organizations:ListAccounts', 'sts:AssumeRole'],
  ],
] as const;

/** What a function does in the accounts of the organization only, with their roles. */
export const IN_SPOKES_ONLY = ['iam:ListRoleTags'];
