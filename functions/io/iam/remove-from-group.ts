import { type IAMClient, RemoveUserFromGroupCommand } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';
import { type WasThere, wasThere } from './no-such-entity.ts';

/** Takes a user out of a group. @returns false where there is no such user or group any more */
export const removeFromGroup = needs(
  ['iam:RemoveUserFromGroup'],
  async (iam: IAMClient, user: string, group: string): Promise<WasThere> =>
    wasThere(() => iam.send(new RemoveUserFromGroupCommand({ UserName: user, GroupName: group }))),
);
