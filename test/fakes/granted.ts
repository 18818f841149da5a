import { platformStatements } from '../../infra/docs/permissions.ts';
import { actionsOf, statementsOf } from './template.ts';

/** Rights that a parameter adds by a separate policy: the parameter, its default, the policy and its actions. */
export const CHOSEN = [
  ['BoundaryDeny', 'no', 'OnIamChangeBoundaryDeny', ['iam:PutUserPermissionsBoundary']],
  ['InlineDeny', 'no', 'OnIamChangeInlineDeny', ['iam:DeleteUserPolicy', 'iam:PutUserPolicy']],
  ['OrphanDevices', 'report', 'OnIamChangeOrphans', ['iam:DeleteVirtualMFADevice']],
  ['OrganizationId', '', 'OnIamChangeOrganization', ['sts:AssumeRole']],
  [
    'OrganizationId',
    '',
    'NightlySweepOrganization',
    ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'organizations:ListAccounts', 'sts:AssumeRole'],
  ],
  ['NotifyUsers', 'no', 'NotifyUserSend', ['ses:SendEmail']],
] as const;

/** Calls that a function makes only in other accounts, with their roles. */
export const IN_SPOKES_ONLY = ['iam:ListRoleTags'];

/** The actions that a role's own policies allow, without those that Lambda needs. */
export function granted(roleId: string): string[] {
  const actions = statementsOf(roleId)
    .filter(({ Effect, Sid }) => Effect === 'Allow' && !platformStatements.includes(Sid ?? ''))
    .flatMap(actionsOf);
  return [...new Set(actions)].toSorted();
}
