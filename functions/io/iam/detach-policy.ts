import {
  DetachUserPolicyCommand,
  type IAMClient,
  NoSuchEntityException,
} from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';

/** Detaches a managed policy from a user. Not attached, or no such user any more, is as good as detached. */
export const detachPolicy = needs(
  ['iam:DetachUserPolicy'],
  async (iam: IAMClient, user: string, policyArn: string): Promise<void> => {
    try {
      await iam.send(new DetachUserPolicyCommand({ UserName: user, PolicyArn: policyArn }));
    } catch (error) {
      if (!(error instanceof NoSuchEntityException)) throw error;
    }
  },
);
