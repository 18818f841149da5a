import { type IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';

/** Writes an inline policy of a user. Throws LimitExceeded where their 2,048 characters are full. */
export const putInlinePolicy = needs(
  ['iam:PutUserPolicy'],
  async (iam: IAMClient, user: string, name: string, document: object): Promise<void> => {
    await iam.send(
      new PutUserPolicyCommand({
        UserName: user,
        PolicyName: name,
        PolicyDocument: JSON.stringify(document),
      }),
    );
  },
);
