import { GetPolicyCommand, type IAMClient } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';
import { whereNoSuchEntity } from './no-such-entity.ts';

export interface PolicySummary {
  readonly defaultVersionId: string;
}

/** What a managed policy is, or null where it does not exist. */
export const getPolicy = needs(
  ['iam:GetPolicy'],
  async (iam: IAMClient, policyArn: string): Promise<PolicySummary | null> =>
    whereNoSuchEntity(null, async () => {
      const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn: policyArn }));
      if (!Policy?.DefaultVersionId) {
        throw new Error(`GetPolicy answered without a version for ${policyArn}`);
      }
      return { defaultVersionId: Policy.DefaultVersionId };
    }),
);
