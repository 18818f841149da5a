import { GetUserCommand, type IAMClient } from '@aws-sdk/client-iam';
import type { Profile } from '../../domain/user-facts.ts';
import { needs } from '../needs.ts';
import { whereNoSuchEntity } from './no-such-entity.ts';
import { tagRecord } from './tag-record.ts';

/**
 * A user's name as IAM writes it, ARN, tags and boundary, or null where there is no such user. ListUsers would omit the
 * tags.
 */
export const getUser = needs(
  ['iam:GetUser'],
  async (iam: IAMClient, user: string): Promise<{ user: string; profile: Profile } | null> =>
    whereNoSuchEntity(null, async () => {
      const { User } = await iam.send(new GetUserCommand({ UserName: user }));
      if (!User?.Arn || !User.UserName)
        throw new Error(`GetUser answered without the user ${user}`);
      const boundary = User.PermissionsBoundary?.PermissionsBoundaryArn ?? null;
      const profile = { arn: User.Arn, tags: tagRecord(User.Tags), boundary };
      return { user: User.UserName, profile };
    }),
);
