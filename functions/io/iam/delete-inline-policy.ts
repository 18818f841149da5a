import { DeleteUserPolicyCommand, type IAMClient } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';
import { whereNoSuchEntity } from './no-such-entity.ts';

/** Deletes an inline policy of a user. Not there is as good as deleted. */
export const deleteInlinePolicy = needs(
  ['iam:DeleteUserPolicy'],
  async (iam: IAMClient, user: string, name: string): Promise<void> => {
    await whereNoSuchEntity(undefined, () =>
      iam.send(new DeleteUserPolicyCommand({ UserName: user, PolicyName: name })),
    );
  },
);
