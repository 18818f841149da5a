import { GetLoginProfileCommand, type IAMClient } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';
import { whereNoSuchEntity } from './no-such-entity.ts';

/**
 * Whether an existing user has a console password. Only NoSuchEntity means "no password"; it also answers
 * for a user who does not exist, so ask only about a user who has been seen.
 */
export const hasPassword = needs(
  ['iam:GetLoginProfile'],
  async (iam: IAMClient, user: string): Promise<boolean> =>
    whereNoSuchEntity(false, async () => {
      await iam.send(new GetLoginProfileCommand({ UserName: user }));
      return true;
    }),
);
