import { GetPolicyCommand, type IAMClient, NoSuchEntityException } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';

export interface PolicySummary {
  /** How many users, groups and roles it is attached to. */
  readonly attachmentCount: number;
  readonly defaultVersionId: string;
}

/** What a managed policy is, or null where it does not exist. */
export const getPolicy = needs(
  ['iam:GetPolicy'],
  async (iam: IAMClient, policyArn: string): Promise<PolicySummary | null> => {
    try {
      const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn: policyArn }));
      if (Policy?.AttachmentCount === undefined || !Policy.DefaultVersionId) {
        throw new Error(`GetPolicy answered without count or version for ${policyArn}`);
      }
      return { attachmentCount: Policy.AttachmentCount, defaultVersionId: Policy.DefaultVersionId };
    } catch (error) {
      if (error instanceof NoSuchEntityException) return null;
      throw error;
    }
  },
);
