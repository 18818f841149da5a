import { GetPolicyCommand, type IAMClient } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';
import { whereNoSuchEntity } from './no-such-entity.ts';

export interface PolicySummary {
  /** How many users, groups and roles it is attached to. */
  readonly attachmentCount: number;
  /** How many users and roles have it for a permissions boundary. */
  readonly boundaryUsageCount: number;
  readonly defaultVersionId: string;
}

/** What a managed policy is, or null where it does not exist. */
export const getPolicy = needs(
  ['iam:GetPolicy'],
  async (iam: IAMClient, policyArn: string): Promise<PolicySummary | null> =>
    whereNoSuchEntity(null, async () => {
      const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn: policyArn }));
      if (Policy?.AttachmentCount === undefined || !Policy.DefaultVersionId) {
        throw new Error(`GetPolicy answered without count or version for ${policyArn}`);
      }
      return {
        attachmentCount: Policy.AttachmentCount,
        boundaryUsageCount: Policy.PermissionsBoundaryUsageCount ?? 0,
        defaultVersionId: Policy.DefaultVersionId,
      };
    }),
);
