import { DeleteUserPolicyCommand, type IAMClient } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';
import { type WasThere, wasThere } from './no-such-entity.ts';

/** Deletes an inline policy of a user. @returns false where it was not there, or there is no such user any more */
export const deleteInlinePolicy = needs(
  ['iam:DeleteUserPolicy'],
  async (iam: IAMClient, user: string, name: string): Promise<WasThere> =>
    wasThere(() => iam.send(new DeleteUserPolicyCommand({ UserName: user, PolicyName: name }))),
);
