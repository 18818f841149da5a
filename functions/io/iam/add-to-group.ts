import { AddUserToGroupCommand, type IAMClient } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';

/** Puts a user into a group. Idempotent in IAM. Throws LimitExceeded where the quota is full. */
export const addToGroup = needs(
  ['iam:AddUserToGroup'],
  async (iam: IAMClient, user: string, group: string): Promise<void> => {
    await iam.send(new AddUserToGroupCommand({ UserName: user, GroupName: group }));
  },
);
