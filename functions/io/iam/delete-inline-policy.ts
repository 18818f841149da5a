import {
  DeleteUserPolicyCommand,
  type IAMClient,
  NoSuchEntityException,
} from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';

/** Deletes an inline policy of a user. Not there is as good as deleted. */
export const deleteInlinePolicy = needs(
  ['iam:DeleteUserPolicy'],
  async (iam: IAMClient, user: string, name: string): Promise<void> => {
    try {
      await iam.send(new DeleteUserPolicyCommand({ UserName: user, PolicyName: name }));
    } catch (error) {
      if (!(error instanceof NoSuchEntityException)) throw error;
    }
  },
);
