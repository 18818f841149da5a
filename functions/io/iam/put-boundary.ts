import { type IAMClient, PutUserPermissionsBoundaryCommand } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';

/** Sets a user's permissions boundary. It replaces one that is there: ask only where there is none. */
export const putBoundary = needs(
  ['iam:PutUserPermissionsBoundary'],
  async (iam: IAMClient, user: string, policyArn: string): Promise<void> => {
    await iam.send(
      new PutUserPermissionsBoundaryCommand({ UserName: user, PermissionsBoundary: policyArn }),
    );
  },
);
