import {
  DetachUserPolicyCommand,
  type IAMClient,
  NoSuchEntityException,
} from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';

/**
 * Detaches a managed policy from a user.
 * @returns false where it was not attached, or there is no such user any more
 */
export const detachPolicy = needs(
  ['iam:DetachUserPolicy'],
  async (iam: IAMClient, user: string, policyArn: string): Promise<boolean> => {
    try {
      await iam.send(new DetachUserPolicyCommand({ UserName: user, PolicyArn: policyArn }));
      return true;
    } catch (error) {
      if (!(error instanceof NoSuchEntityException)) throw error;
      // The SDK has tried before: that try detached it, most likely, and its answer was lost.
      return (error.$metadata.attempts ?? 1) > 1;
    }
  },
);
