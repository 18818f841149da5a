import {
  DeleteUserPermissionsBoundaryCommand,
  type IAMClient,
  NoSuchEntityException,
} from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';

/** Removes a user's permissions boundary, whichever it is: ask only where it is ours. */
export const deleteBoundary = needs(
  ['iam:DeleteUserPermissionsBoundary'],
  async (iam: IAMClient, user: string): Promise<void> => {
    try {
      await iam.send(new DeleteUserPermissionsBoundaryCommand({ UserName: user }));
    } catch (error) {
      if (!(error instanceof NoSuchEntityException)) throw error;
    }
  },
);
