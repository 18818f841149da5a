import { type IAMClient, paginateListAttachedUserPolicies } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';
import { whereNoSuchEntity } from './no-such-entity.ts';

/** ARNs of the managed policies attached to a user, or null where there is no such user. */
export const listAttachedPolicies = needs(
  ['iam:ListAttachedUserPolicies'],
  async (iam: IAMClient, user: string): Promise<string[] | null> =>
    whereNoSuchEntity(null, async () => {
      const arns: string[] = [];
      for await (const page of paginateListAttachedUserPolicies(
        { client: iam },
        { UserName: user },
      )) {
        if (!page.AttachedPolicies) {
          throw new Error(`ListAttachedUserPolicies answered without a list for ${user}`);
        }
        arns.push(...page.AttachedPolicies.map(({ PolicyArn = '' }) => PolicyArn));
      }
      return arns;
    }),
);
