import { GetRolePolicyCommand, type IAMClient } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';

/** The document of a role's inline policy, parsed. IAM gives it URL-encoded (RFC 3986). */
export const getRolePolicy = needs(
  ['iam:GetRolePolicy'],
  async (iam: IAMClient, role: string, name: string): Promise<unknown> => {
    const { PolicyDocument } = await iam.send(
      new GetRolePolicyCommand({ RoleName: role, PolicyName: name }),
    );
    if (!PolicyDocument) throw new Error(`GetRolePolicy answered without the document of ${name}`);
    return JSON.parse(decodeURIComponent(PolicyDocument)) as unknown;
  },
);
