import { AttachUserPolicyCommand, type IAMClient } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';

/** Attaches a managed policy to a user. Idempotent in IAM. Throws LimitExceeded where the quota is full. */
export const attachPolicy = needs(
  ['iam:AttachUserPolicy'],
  async (iam: IAMClient, user: string, policyArn: string): Promise<void> => {
    await iam.send(new AttachUserPolicyCommand({ UserName: user, PolicyArn: policyArn }));
  },
);
