import {
  type IAMClient,
  NoSuchEntityException,
  RemoveUserFromGroupCommand,
} from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';

/** Takes a user out of a group. Not in it, or no such user any more, is as good as taken out. */
export const removeFromGroup = needs(
  ['iam:RemoveUserFromGroup'],
  async (iam: IAMClient, user: string, group: string): Promise<void> => {
    try {
      await iam.send(new RemoveUserFromGroupCommand({ UserName: user, GroupName: group }));
    } catch (error) {
      if (!(error instanceof NoSuchEntityException)) throw error;
    }
  },
);
