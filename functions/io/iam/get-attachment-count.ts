import { GetPolicyCommand, type IAMClient, NoSuchEntityException } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';

/** How many users, groups and roles a managed policy is attached to, or null where it does not exist. */
export const getAttachmentCount = needs(
  ['iam:GetPolicy'],
  async (iam: IAMClient, policyArn: string): Promise<number | null> => {
    try {
      const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn: policyArn }));
      if (Policy?.AttachmentCount === undefined) {
        throw new Error(`GetPolicy answered without an attachment count for ${policyArn}`);
      }
      return Policy.AttachmentCount;
    } catch (error) {
      if (error instanceof NoSuchEntityException) return null;
      throw error;
    }
  },
);
