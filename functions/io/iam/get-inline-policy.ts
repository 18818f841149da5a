import { GetUserPolicyCommand, type IAMClient } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';
import { whereNoSuchEntity } from './no-such-entity.ts';

/** The document of a user's inline policy, parsed (IAM gives it URL-encoded), or null where there is none. */
export const getInlinePolicy = needs(
  ['iam:GetUserPolicy'],
  async (iam: IAMClient, user: string, name: string): Promise<unknown> =>
    whereNoSuchEntity(null, async () => {
      const { PolicyDocument } = await iam.send(
        new GetUserPolicyCommand({ UserName: user, PolicyName: name }),
      );
      if (!PolicyDocument)
        throw new Error(`GetUserPolicy answered without the document of ${name}`);
      return JSON.parse(decodeURIComponent(PolicyDocument)) as unknown;
    }),
);
