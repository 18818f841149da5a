import type { IAMClient } from '@aws-sdk/client-iam';
import { nameKey } from '../../events/names.ts';
import type { Settings } from '../domain/rules/settings.ts';
import { listGroupMembers, listUsersWithPolicy } from '../io/iam-account.ts';

/**
 * Whom IAM lists as blocked: by the managed policy, the deny group or the boundary. IAM has no list of the users with
 * an inline policy.
 * @returns their keys (`nameKey`), or null where ForceMFA does not exist
 * @throws whatever a failed read throws
 */
export async function listBlockedUsers(
  iam: IAMClient,
  { policyArn, denyGroup, boundaryArn }: Settings,
): Promise<ReadonlySet<string> | null> {
  const attached = await listUsersWithPolicy(iam, policyArn, 'PermissionsPolicy');
  if (attached === null) return null;
  const members = await listGroupMembers(iam, denyGroup);
  const bounded = await listUsersWithPolicy(iam, boundaryArn, 'PermissionsBoundary');
  return new Set([...attached, ...members, ...(bounded ?? [])].map(nameKey));
}
