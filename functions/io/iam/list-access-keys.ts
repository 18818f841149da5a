import { type IAMClient, paginateListAccessKeys } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';
import { whereNoSuchEntity } from './no-such-entity.ts';

/** The user's active access keys; none where there is no such user any more. */
export const listActiveAccessKeys = needs(
  ['iam:ListAccessKeys'],
  (iam: IAMClient, user: string): Promise<string[]> =>
    whereNoSuchEntity([], async () => {
      const keys: string[] = [];
      for await (const page of paginateListAccessKeys({ client: iam }, { UserName: user })) {
        if (!page.AccessKeyMetadata) throw new Error('ListAccessKeys answered without a list');
        for (const { AccessKeyId, Status } of page.AccessKeyMetadata) {
          if (Status === 'Active' && AccessKeyId) keys.push(AccessKeyId);
        }
      }
      return keys;
    }),
);
