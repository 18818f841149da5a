import { type IAMClient, RemoveUserFromGroupCommand } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';
import { whereNoSuchEntity } from './no-such-entity.ts';

/** Takes a user out of a group. Not in it, or no such user any more, is as good as taken out. */
export const removeFromGroup = needs(
  ['iam:RemoveUserFromGroup'],
  async (iam: IAMClient, user: string, group: string): Promise<void> => {
    await whereNoSuchEntity(undefined, () =>
      iam.send(new RemoveUserFromGroupCommand({ UserName: user, GroupName: group })),
    );
  },
);
