import { type IAMClient, ListRoleTagsCommand } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';
import { tagRecord } from './tag-record.ts';

/**
 * The tags of a role. A role has 50 at most, which one page holds (IAM quotas).
 * @returns tag key → value
 */
export const listRoleTags = needs(
  ['iam:ListRoleTags'],
  async (iam: IAMClient, role: string): Promise<Record<string, string>> => {
    const { Tags } = await iam.send(new ListRoleTagsCommand({ RoleName: role, MaxItems: 100 }));
    return tagRecord(Tags);
  },
);
