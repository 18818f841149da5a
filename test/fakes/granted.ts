import { actionsOf, statementsOf } from './template.ts';

// What Lambda itself needs: to poll the queue, to write the log, and to keep a failed invocation.
const PLATFORM = ['Receive', 'WriteLog', 'TellOfFailure'];

/** What a deployment chooses, in policies of their own: the parameter, its default, the policy and its actions. */
export const CHOSEN = [
  ['BoundaryDeny', 'no', 'OnIamChangeBoundaryDeny', ['iam:PutUserPermissionsBoundary']],
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

/** What a role's own policies allow, but for what Lambda needs. */
export function granted(roleId: string): string[] {
  const actions = statementsOf(roleId)
    .filter(({ Effect, Sid }) => Effect === 'Allow' && !PLATFORM.includes(Sid ?? ''))
    .flatMap(actionsOf);
  return [...new Set(actions)].toSorted();
}
