import { GetLoginProfileCommand, type IAMClient, NoSuchEntityException } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';

/**
 * Whether an existing user has a console password. Only NoSuchEntity means "no password"; it also answers
 * for a user who does not exist, so ask only about a user who has been seen.
 */
export const hasPassword = needs(
  ['iam:GetLoginProfile'],
  async (iam: IAMClient, user: string): Promise<boolean> => {
    try {
      await iam.send(new GetLoginProfileCommand({ UserName: user }));
      return true;
    } catch (error) {
      if (error instanceof NoSuchEntityException) return false;
      throw error;
    }
  },
);
