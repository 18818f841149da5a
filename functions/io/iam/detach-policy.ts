import { DetachUserPolicyCommand, type IAMClient } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';
import { whereNoSuchEntity } from './no-such-entity.ts';

/** Detaches a managed policy from a user. Not attached, or no such user any more, is as good as detached. */
export const detachPolicy = needs(
  ['iam:DetachUserPolicy'],
  async (iam: IAMClient, user: string, policyArn: string): Promise<void> => {
    await whereNoSuchEntity(undefined, () =>
      iam.send(new DetachUserPolicyCommand({ UserName: user, PolicyArn: policyArn })),
    );
  },
);
