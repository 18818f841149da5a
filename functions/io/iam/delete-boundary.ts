import { DeleteUserPermissionsBoundaryCommand, type IAMClient } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';
import { type WasThere, wasThere } from './no-such-entity.ts';

/**
 * Removes a user's permissions boundary, whichever it is: ask only where it is ours.
 * @returns false where there was none, or there is no such user any more
 */
export const deleteBoundary = needs(
  ['iam:DeleteUserPermissionsBoundary'],
  async (iam: IAMClient, user: string): Promise<WasThere> =>
    wasThere(() => iam.send(new DeleteUserPermissionsBoundaryCommand({ UserName: user }))),
);
