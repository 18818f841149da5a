import { DeleteUserPermissionsBoundaryCommand, type IAMClient } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';
import { whereNoSuchEntity } from './no-such-entity.ts';

/** Removes a user's permissions boundary, whichever it is: ask only where it is ours. */
export const deleteBoundary = needs(
  ['iam:DeleteUserPermissionsBoundary'],
  async (iam: IAMClient, user: string): Promise<void> => {
    await whereNoSuchEntity(undefined, () =>
      iam.send(new DeleteUserPermissionsBoundaryCommand({ UserName: user })),
    );
  },
);
