import { GetGroupPolicyCommand, type IAMClient } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';
import { whereNoSuchEntity } from './no-such-entity.ts';

/** The document of a group's inline policy, parsed (IAM gives it URL-encoded), or null where there is none. */
export const getGroupPolicy = needs(
  ['iam:GetGroupPolicy'],
  async (iam: IAMClient, group: string, name: string): Promise<unknown> =>
    whereNoSuchEntity(null, async () => {
      const { PolicyDocument } = await iam.send(
        new GetGroupPolicyCommand({ GroupName: group, PolicyName: name }),
      );
      if (!PolicyDocument)
        throw new Error(`GetGroupPolicy answered without the document of ${group}`);
      return JSON.parse(decodeURIComponent(PolicyDocument)) as unknown;
    }),
);
